//! The Edwards and Montgomery curves of RFC 8410, and the lattices of FIPS 203 and 204: keys that are a string of bytes.

use ed25519_dalek::{Signer, Verifier};
use ml_dsa::{Keypair, MlDsa44, MlDsa65, MlDsa87};
use ml_kem::kem::{Decapsulate, Encapsulate};
#[allow(deprecated, reason = "the form is deprecated, and in use")]
use ml_kem::{ExpandedKeyEncoding, KeyExport, MlKem512, MlKem768, MlKem1024};
use rand_core::Rng;

use crate::random::Random;

/// A kind of such keys: Node's name, JWK's, OpenSSL's number, its identifier, the length of its private and of its public key.
pub struct Algorithm {
    pub name: &'static str,
    pub jwk: &'static str,
    pub nid: i64,
    pub oid: &'static str,
    pub private: usize,
    pub public: usize,
}

#[rustfmt::skip]
pub const ALGORITHMS: [Algorithm; 10] = [
    Algorithm { name: "ed25519", jwk: "Ed25519", nid: 1087, oid: "1.3.101.112", private: 32, public: 32 },
    Algorithm { name: "ed448", jwk: "Ed448", nid: 1088, oid: "1.3.101.113", private: 57, public: 57 },
    Algorithm { name: "x25519", jwk: "X25519", nid: 1034, oid: "1.3.101.110", private: 32, public: 32 },
    Algorithm { name: "x448", jwk: "X448", nid: 1035, oid: "1.3.101.111", private: 56, public: 56 },
    Algorithm { name: "ml-dsa-44", jwk: "ML-DSA-44", nid: 1457, oid: "2.16.840.1.101.3.4.3.17", private: 32, public: 1312 },
    Algorithm { name: "ml-dsa-65", jwk: "ML-DSA-65", nid: 1458, oid: "2.16.840.1.101.3.4.3.18", private: 32, public: 1952 },
    Algorithm { name: "ml-dsa-87", jwk: "ML-DSA-87", nid: 1459, oid: "2.16.840.1.101.3.4.3.19", private: 32, public: 2592 },
    Algorithm { name: "ml-kem-512", jwk: "ML-KEM-512", nid: 1454, oid: "2.16.840.1.101.3.4.4.1", private: 64, public: 800 },
    Algorithm { name: "ml-kem-768", jwk: "ML-KEM-768", nid: 1455, oid: "2.16.840.1.101.3.4.4.2", private: 64, public: 1184 },
    Algorithm { name: "ml-kem-1024", jwk: "ML-KEM-1024", nid: 1456, oid: "2.16.840.1.101.3.4.4.3", private: 64, public: 1568 },
];

pub fn find(found: impl Fn(&Algorithm) -> bool) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|algorithm| found(algorithm))
}

/// A private key of ML-KEM from its seed.
macro_rules! kem {
    ($kind:ty, $seed:expr) => {
        ml_kem::DecapsulationKey::<$kind>::from_seed($seed.try_into().ok()?)
    };
}

impl Algorithm {
    pub fn is_lattice(&self) -> bool {
        self.name.starts_with("ml-")
    }

    pub fn signs(&self) -> bool {
        self.name.starts_with("ed") || self.name.starts_with("ml-dsa")
    }

    pub fn generate(&self, random: &mut Random) -> Vec<u8> {
        let mut seed = vec![0; self.private];
        random.fill_bytes(&mut seed);
        seed
    }

    pub fn public_of(&self, private: &[u8]) -> Option<Vec<u8>> {
        Some(match self.name {
            "ed25519" => ed25519_dalek::SigningKey::from_bytes(private.try_into().ok()?).verifying_key().to_bytes().to_vec(),
            "ed448" => ed448(private)?.verifying_key().to_bytes().to_vec(),
            "x25519" => {
                let secret = x25519_dalek::StaticSecret::from(<[u8; 32]>::try_from(private).ok()?);
                x25519_dalek::PublicKey::from(&secret).to_bytes().to_vec()
            }
            "x448" => {
                let mut base = [0; 56];
                base[0] = 5;
                x448::x448(private.try_into().ok()?, base)?.to_vec()
            }
            "ml-dsa-44" => ml_dsa::SigningKey::<MlDsa44>::from_seed(private.try_into().ok()?).verifying_key().encode().to_vec(),
            "ml-dsa-65" => ml_dsa::SigningKey::<MlDsa65>::from_seed(private.try_into().ok()?).verifying_key().encode().to_vec(),
            "ml-dsa-87" => ml_dsa::SigningKey::<MlDsa87>::from_seed(private.try_into().ok()?).verifying_key().encode().to_vec(),
            "ml-kem-512" => kem!(MlKem512, private).encapsulation_key().to_bytes().to_vec(),
            "ml-kem-768" => kem!(MlKem768, private).encapsulation_key().to_bytes().to_vec(),
            _ => kem!(MlKem1024, private).encapsulation_key().to_bytes().to_vec(),
        })
    }

    /// A lattice key as it is computed with, from its seed. OpenSSL writes both into a file.
    #[allow(deprecated, reason = "the form is deprecated, and in use")]
    pub fn expanded(&self, seed: &[u8]) -> Option<Vec<u8>> {
        macro_rules! dsa {
            ($kind:ty) => {
                ml_dsa::SigningKey::<$kind>::from_seed(seed.try_into().ok()?).expanded_key().to_expanded().to_vec()
            };
        }
        Some(match self.name {
            "ml-dsa-44" => dsa!(MlDsa44),
            "ml-dsa-65" => dsa!(MlDsa65),
            "ml-dsa-87" => dsa!(MlDsa87),
            "ml-kem-512" => kem!(MlKem512, seed).to_expanded_bytes().to_vec(),
            "ml-kem-768" => kem!(MlKem768, seed).to_expanded_bytes().to_vec(),
            "ml-kem-1024" => kem!(MlKem1024, seed).to_expanded_bytes().to_vec(),
            _ => return None,
        })
    }

    /// `context`: of Ed448 and ML-DSA.
    pub fn sign(&self, private: &[u8], message: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        Some(match self.name {
            "ed25519" => ed25519_dalek::SigningKey::from_bytes(private.try_into().ok()?).try_sign(message).ok()?.to_bytes().to_vec(),
            "ed448" => ed448(private)?.sign_ctx(context, message).ok()?.to_bytes().to_vec(),
            "ml-dsa-44" => ml_sign::<MlDsa44>(private, message, context)?,
            "ml-dsa-65" => ml_sign::<MlDsa65>(private, message, context)?,
            "ml-dsa-87" => ml_sign::<MlDsa87>(private, message, context)?,
            _ => return None,
        })
    }

    pub fn verify(&self, public: &[u8], message: &[u8], signature: &[u8], context: &[u8]) -> bool {
        let good = || {
            Some(match self.name {
                "ed25519" => {
                    let key = ed25519_dalek::VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
                    key.verify(message, &ed25519_dalek::Signature::from_slice(signature).ok()?).is_ok()
                }
                "ed448" => {
                    let key = ed448_goldilocks::VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
                    key.verify_ctx(&ed448_goldilocks::Signature::try_from(signature).ok()?, context, message).is_ok()
                }
                "ml-dsa-44" => ml_verify::<MlDsa44>(public, message, signature, context)?,
                "ml-dsa-65" => ml_verify::<MlDsa65>(public, message, signature, context)?,
                "ml-dsa-87" => ml_verify::<MlDsa87>(public, message, signature, context)?,
                _ => false,
            })
        };
        good() == Some(true)
    }

    /// The shared secret of X25519 and X448; `None` for a public key that gives none.
    pub fn agree(&self, private: &[u8], public: &[u8]) -> Option<Vec<u8>> {
        if self.name == "x448" {
            return Some(x448::x448(private.try_into().ok()?, public.try_into().ok()?)?.to_vec());
        }
        let secret = x25519_dalek::StaticSecret::from(<[u8; 32]>::try_from(private).ok()?);
        let shared = secret.diffie_hellman(&x25519_dalek::PublicKey::from(<[u8; 32]>::try_from(public).ok()?));
        shared.was_contributory().then(|| shared.to_bytes().to_vec())
    }

    /// The ciphertext and the shared secret.
    pub fn encapsulate(&self, public: &[u8], random: &mut Random) -> Option<(Vec<u8>, Vec<u8>)> {
        macro_rules! with {
            ($kind:ty) => {{
                let key = ml_kem::EncapsulationKey::<$kind>::new(public.try_into().ok()?).ok()?;
                let (text, secret) = key.encapsulate_with_rng(random);
                Some((text.to_vec(), secret.to_vec()))
            }};
        }
        match self.name {
            "ml-kem-512" => with!(MlKem512),
            "ml-kem-768" => with!(MlKem768),
            "ml-kem-1024" => with!(MlKem1024),
            _ => None,
        }
    }

    pub fn decapsulate(&self, private: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        Some(match self.name {
            "ml-kem-512" => kem!(MlKem512, private).decapsulate(text.try_into().ok()?).to_vec(),
            "ml-kem-768" => kem!(MlKem768, private).decapsulate(text.try_into().ok()?).to_vec(),
            "ml-kem-1024" => kem!(MlKem1024, private).decapsulate(text.try_into().ok()?).to_vec(),
            _ => return None,
        })
    }
}

fn ed448(private: &[u8]) -> Option<ed448_goldilocks::SigningKey> {
    ed448_goldilocks::SigningKey::try_from(private).ok()
}

fn ml_sign<P: ml_dsa::MlDsaParams>(seed: &[u8], message: &[u8], context: &[u8]) -> Option<Vec<u8>> {
    let key = ml_dsa::SigningKey::<P>::from_seed(seed.try_into().ok()?);
    Some(key.expanded_key().sign_deterministic(message, context).ok()?.encode().to_vec())
}

fn ml_verify<P: ml_dsa::MlDsaParams>(public: &[u8], message: &[u8], signature: &[u8], context: &[u8]) -> Option<bool> {
    let key = ml_dsa::VerifyingKey::<P>::decode(public.try_into().ok()?);
    let signature = ml_dsa::Signature::<P>::decode(signature.try_into().ok()?)?;
    Some(key.verify_with_context(message, context, &signature))
}
