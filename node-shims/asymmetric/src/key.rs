//! Asymmetric keys. What a process holds of one is its DER: PKCS #8 of a private key, SubjectPublicKeyInfo of a public one.

use crate::curve::Curve;
use crate::der::{self, Reader};
use crate::finite::{Dh, Dsa};
use crate::okp;
use crate::rsa::{Pss, Rsa};

#[derive(Clone)]
pub enum Key {
    Rsa(Rsa),
    Ec(Ec),
    Okp(Okp),
    Dsa(Dsa),
    Dh(Dh),
}

/// A key on a curve: the point uncompressed.
#[derive(Clone)]
pub struct Ec {
    pub curve: &'static Curve,
    /// Its parameters are written out.
    pub explicit: bool,
    pub point: Vec<u8>,
    pub private: Option<Vec<u8>>,
}

/// A key that is a string of bytes.
#[derive(Clone)]
pub struct Okp {
    pub algorithm: &'static okp::Algorithm,
    pub public: Vec<u8>,
    pub private: Option<Vec<u8>>,
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const DSA: &str = "1.2.840.10040.4.1";
const DH: &str = "1.2.840.113549.1.3.1";

impl Key {
    /// The key that a process holds.
    pub fn read(private: bool, bytes: &[u8]) -> Option<Self> {
        if private { Self::from_pkcs8(bytes) } else { Self::from_spki(bytes) }
    }

    pub fn write(&self) -> Vec<u8> {
        if self.is_private() { self.pkcs8() } else { self.spki() }
    }

    pub fn is_private(&self) -> bool {
        match self {
            Self::Rsa(key) => key.private.is_some(),
            Self::Ec(key) => key.private.is_some(),
            Self::Okp(key) => key.private.is_some(),
            Self::Dsa(key) => key.x.is_some(),
            Self::Dh(key) => key.x.is_some(),
        }
    }

    pub fn public(mut self) -> Self {
        match &mut self {
            Self::Rsa(key) => key.private = None,
            Self::Ec(key) => key.private = None,
            Self::Okp(key) => key.private = None,
            Self::Dsa(key) => key.x = None,
            Self::Dh(key) => key.x = None,
        }
        self
    }

    /// Node's name of its type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rsa(Rsa { pss: None, .. }) => "rsa",
            Self::Rsa(_) => "rsa-pss",
            Self::Ec(_) => "ec",
            Self::Okp(key) => key.algorithm.name,
            Self::Dsa(_) => "dsa",
            Self::Dh(_) => "dh",
        }
    }

    fn algorithm(&self) -> Vec<u8> {
        der::sequence(&match self {
            Self::Rsa(Rsa { pss: None, .. }) => vec![der::oid(RSA), der::null()],
            Self::Rsa(Rsa { pss: Some(pss), .. }) => {
                let mut parts = vec![der::oid(RSA_PSS)];
                parts.extend(pss.parameters());
                parts
            }
            Self::Ec(key) => vec![der::oid(EC), key.curve.parameters(key.explicit)],
            Self::Okp(key) => vec![der::oid(key.algorithm.oid)],
            Self::Dsa(key) => vec![der::oid(DSA), key.parameters()],
            Self::Dh(key) => vec![der::oid(DH), key.parameters()],
        })
    }

    /// SubjectPublicKeyInfo (RFC 5280, 4.1) of the public half.
    pub fn spki(&self) -> Vec<u8> {
        let key = match self {
            Self::Rsa(key) => key.public_der(),
            Self::Ec(key) => key.point.clone(),
            Self::Okp(key) => key.public.clone(),
            Self::Dsa(key) => der::uint(&key.y),
            Self::Dh(key) => der::uint(&key.y),
        };
        der::sequence(&[self.algorithm(), der::bits(&key)])
    }

    pub fn from_spki(bytes: &[u8]) -> Option<Self> {
        let mut info = Reader::new(bytes).sequence()?;
        let mut algorithm = info.sequence()?;
        let (oid, key) = (algorithm.oid()?, info.bits()?);
        Some(match &oid[..] {
            RSA => Self::Rsa(Rsa::read_public(key)?),
            RSA_PSS => Self::Rsa(Rsa { pss: Some(Pss::read(&mut algorithm)?), ..Rsa::read_public(key)? }),
            EC => {
                let (curve, explicit) = Curve::read(&mut algorithm)?;
                Self::Ec(Ec { curve, explicit, point: curve.point(key)?, private: None })
            }
            DSA => Self::Dsa(Dsa { y: Reader::new(key).uint()?.to_vec(), ..Dsa::read(&mut algorithm)? }),
            DH => Self::Dh(Dh { y: Reader::new(key).uint()?.to_vec(), ..Dh::read(&mut algorithm)? }),
            _ => Self::Okp(Okp::public(okp::find(|known| known.oid == oid)?, key)?),
        })
    }

    /// PrivateKeyInfo (RFC 5208); of a public key nothing.
    pub fn pkcs8(&self) -> Vec<u8> {
        let key = match self {
            Self::Rsa(key) => key.private_der(),
            Self::Ec(key) => key.inner(false),
            Self::Okp(key) => key.private.as_ref().map(|private| {
                // Of the lattices the seed, and what comes of it.
                match key.algorithm.expanded(private) {
                    Some(expanded) => der::sequence(&[der::octets(private), der::octets(&expanded)]),
                    None => der::octets(private),
                }
            }),
            Self::Dsa(key) => key.x.as_ref().map(|x| der::uint(x)),
            Self::Dh(key) => key.x.as_ref().map(|x| der::uint(x)),
        };
        key.map(|key| der::sequence(&[der::small(0), self.algorithm(), der::octets(&key)])).unwrap_or_default()
    }

    pub fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        let mut info = Reader::new(bytes).sequence()?;
        info.small()?;
        let mut algorithm = info.sequence()?;
        let (oid, key) = (algorithm.oid()?, info.expect(der::OCTET_STRING)?);
        Some(match &oid[..] {
            RSA => Self::Rsa(Rsa::read_private(key)?),
            RSA_PSS => Self::Rsa(Rsa { pss: Some(Pss::read(&mut algorithm)?), ..Rsa::read_private(key)? }),
            EC => Self::Ec(Ec::read_inner(key, Curve::read(&mut algorithm))?),
            DSA => {
                let mut dsa = Dsa::read(&mut algorithm)?;
                let x = Reader::new(key).uint()?.to_vec();
                dsa.y = crate::number::pow_mod(&dsa.g, &x, &dsa.p)?;
                dsa.x = Some(x);
                Self::Dsa(dsa)
            }
            DH => {
                let mut dh = Dh::read(&mut algorithm)?;
                let x = Reader::new(key).uint()?.to_vec();
                dh.y = crate::number::pow_mod(&dh.g, &x, &dh.p)?;
                dh.x = Some(x);
                Self::Dh(dh)
            }
            _ => {
                let algorithm = okp::find(|known| known.oid == oid)?;
                let mut inside = Reader::new(key);
                let private = match inside.any()? {
                    // Seed and key both.
                    (der::SEQUENCE, both) if algorithm.is_lattice() => Reader::new(both).expect(der::OCTET_STRING)?,
                    (0x80, seed) if algorithm.is_lattice() => seed,
                    (der::OCTET_STRING, private) if !algorithm.is_lattice() => private,
                    _ => return None,
                };
                Self::Okp(Okp::private(algorithm, private)?)
            }
        })
    }

    /// PKCS #1's or SEC 1's form of a private key, whichever it has.
    pub fn traditional(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => key.private_der(),
            Self::Ec(key) => key.inner(true),
            _ => None,
        }
    }

    pub fn from_sec1(bytes: &[u8]) -> Option<Self> {
        Ec::read_inner(bytes, None).map(Self::Ec)
    }
}

impl Ec {
    /// ECPrivateKey (RFC 5915).
    fn inner(&self, with_parameters: bool) -> Option<Vec<u8>> {
        let mut parts = vec![der::small(1), der::octets(&crate::number::padded(self.private.as_ref()?, self.curve.length))];
        if with_parameters {
            parts.push(der::context(0, &self.curve.parameters(self.explicit)));
        }
        parts.push(der::context(1, &der::bits(&self.point)));
        Some(der::sequence(&parts))
    }

    fn read_inner(bytes: &[u8], outer: Option<(&'static Curve, bool)>) -> Option<Self> {
        let mut key = Reader::new(bytes).sequence()?;
        key.small()?;
        let private = key.expect(der::OCTET_STRING)?.to_vec();
        let inner = key.maybe(0xa0).and_then(|bytes| Curve::read(&mut Reader::new(bytes)));
        let (curve, explicit) = outer.or(inner)?;
        Some(Self { curve, explicit, point: curve.public(&private)?, private: Some(private) })
    }
}

impl Okp {
    pub fn public(algorithm: &'static okp::Algorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.public).then(|| Self { algorithm, public: bytes.to_vec(), private: None })
    }

    pub fn private(algorithm: &'static okp::Algorithm, bytes: &[u8]) -> Option<Self> {
        if bytes.len() != algorithm.private {
            return None;
        }
        Some(Self { algorithm, public: algorithm.public_of(bytes)?, private: Some(bytes.to_vec()) })
    }
}
