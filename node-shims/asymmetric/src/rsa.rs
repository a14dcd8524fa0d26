//! RSA: keys, and the operation itself.

use rsa::PrivateKey;
use rsa::hazmat::{rsa_decrypt, rsa_decrypt_and_check};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};

use crate::der::{self, Reader};
use crate::digest::{self, Algorithm};
use crate::fault::{Fault, Result, too_large_for_key};
use crate::number::{self, bytes, padded, wide};
use crate::random::Random;

/// A key's numbers; without the private ones it is a public key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rsa {
    pub n: Vec<u8>,
    pub e: Vec<u8>,
    pub private: Option<Private>,
    /// Of an RSA-PSS key.
    pub pss: Option<Pss>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Private {
    pub d: Vec<u8>,
    pub p: Vec<u8>,
    pub q: Vec<u8>,
    pub dp: Vec<u8>,
    pub dq: Vec<u8>,
    pub qi: Vec<u8>,
}

/// What an RSA-PSS key may be used with; nothing if it does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pss(pub Option<Limits>);

#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub hash: String,
    pub mgf: String,
    pub salt: usize,
}

impl Rsa {
    pub fn length(&self) -> usize {
        self.bits().div_ceil(8)
    }

    pub fn bits(&self) -> usize {
        number::bit_length(&self.n)
    }

    pub fn generate(bits: usize, exponent: u32, random: &mut Random) -> Result<Self> {
        if bits < 512 {
            return Err(Fault::openssl("1C8000AB", "Provider routines", "key size too small").plain());
        }
        if exponent < 3 || exponent.is_multiple_of(2) {
            return Err(Fault::openssl("020000B2", "rsa routines", "pub exponent out of range").plain());
        }
        let failed = |error: rsa::Error| Fault::error("ERR_CRYPTO_OPERATION_FAILED", &format!("Key generation failed: {error}"));
        let key = PrivateKey::new_with_exp_unchecked(random, bits, u64::from(exponent).into()).map_err(failed)?;
        let (n, e, d) = (bytes(key.n().as_ref()), bytes(key.e()), bytes(key.d()));
        let primes: Vec<_> = key.primes().iter().map(|prime| bytes(prime.as_ref())).collect();
        let [one, two] = &primes[..] else { return Err(Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Key generation failed")) };
        // As OpenSSL orders them: the greater first.
        let (p, q) = if number::compare(one, two).is_lt() { (two, one) } else { (one, two) };
        let private = Private::from_primes(d, p, q).ok_or_else(|| Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Key generation failed"))?;
        Ok(Self { n, e, private: Some(private), pss: None })
    }

    /// The operation of the public key on a block as long as the modulus.
    pub fn public_operation(&self, block: &[u8]) -> Result<Vec<u8>> {
        if number::compare(block, &self.n).is_ge() {
            return Err(Fault::openssl("02000084", "rsa routines", "data too large for modulus"));
        }
        let out = number::pow_mod(block, &self.e, &self.n).ok_or_else(too_large_for_key)?;
        Ok(padded(&out, self.length()))
    }

    /// The operation of the private key.
    pub fn private_operation(&self, block: &[u8], random: &mut Random) -> Result<Vec<u8>> {
        let Some(private) = &self.private else { return Err(Fault::error("ERR_CRYPTO_OPERATION_FAILED", "The key is no private key")) };
        if number::compare(block, &self.n).is_ge() {
            return Err(Fault::openssl("02000084", "rsa routines", "data too large for modulus"));
        }
        let big = |bytes: &[u8]| wide(bytes, self.length() as u32 * 8);
        let primes = vec![number::big(&private.p), number::big(&private.q)];
        let failed = |_| Fault::openssl("0200007B", "rsa routines", "invalid key");
        let key = PrivateKey::from_components_with_large_exponent(big(&self.n), number::big(&self.e), big(&private.d), primes).map_err(failed)?;
        let block = wide(block, key.n().as_ref().bits_precision());
        let out = rsa_decrypt_and_check(&key, Some(random), &block).or_else(|_| rsa_decrypt::<Random>(None, &key, &block)).map_err(failed)?;
        Ok(padded(&bytes(&out), self.length()))
    }

    /// PKCS #1's form of a public key.
    pub fn public_der(&self) -> Vec<u8> {
        der::sequence(&[der::uint(&self.n), der::uint(&self.e)])
    }

    pub fn read_public(bytes: &[u8]) -> Option<Self> {
        let mut key = Reader::new(bytes).sequence()?;
        let (n, e) = (key.uint()?.to_vec(), key.uint()?.to_vec());
        key.is_empty().then(|| Self { n, e, ..Self::default() })
    }

    /// PKCS #1's form of a private key.
    pub fn private_der(&self) -> Option<Vec<u8>> {
        let Private { d, p, q, dp, dq, qi } = self.private.as_ref()?;
        let numbers = [&self.n, &self.e, d, p, q, dp, dq, qi].map(|number| der::uint(number));
        Some(der::sequence(&[&[der::small(0)], &numbers[..]].concat()))
    }

    pub fn read_private(bytes: &[u8]) -> Option<Self> {
        let mut key = Reader::new(bytes).sequence()?;
        key.small()?;
        let mut next = || key.uint().map(<[u8]>::to_vec);
        let (n, e) = (next()?, next()?);
        let private = Private { d: next()?, p: next()?, q: next()?, dp: next()?, dq: next()?, qi: next()? };
        Some(Self { n, e, private: Some(private), pss: None })
    }
}

impl Private {
    pub fn from_primes(d: Vec<u8>, p: &[u8], q: &[u8]) -> Option<Self> {
        let less = |number: &[u8]| number::subtract(number, &[1]);
        let (dp, dq) = (number::rem(&d, &less(p))?, number::rem(&d, &less(q))?);
        let qi = number::inverse(q, p)?;
        Some(Self { d, p: p.to_vec(), q: q.to_vec(), dp, dq, qi })
    }
}

impl Pss {
    /// `RSASSA-PSS-params` (RFC 8017, A.2.3); nothing if the key says nothing.
    pub fn parameters(&self) -> Option<Vec<u8>> {
        let limits = self.0.as_ref()?;
        let mut parts = Vec::new();
        if limits.hash != "sha1" {
            parts.push(der::context(0, &digest::find(&limits.hash)?.identifier()));
        }
        if limits.mgf != "sha1" {
            let mgf = der::sequence(&[der::oid("1.2.840.113549.1.1.8"), digest::find(&limits.mgf)?.identifier()]);
            parts.push(der::context(1, &mgf));
        }
        if limits.salt != 20 {
            parts.push(der::context(2, &der::small(limits.salt as u32)));
        }
        Some(der::sequence(&parts))
    }

    pub fn read(parameters: &mut Reader<'_>) -> Option<Self> {
        let Some(mut inside) = parameters.sequence() else { return Some(Self(None)) };
        let algorithm = |bytes: &[u8]| -> Option<Algorithm> { digest::by_oid(&Reader::new(bytes).sequence()?.oid()?) };
        let hash = inside.maybe(0xa0).map_or(Some("sha1"), |bytes| Some(algorithm(bytes)?.name))?;
        let mgf = inside.maybe(0xa1).map_or(Some("sha1"), |bytes| {
            let mut mgf = Reader::new(bytes).sequence()?;
            mgf.oid()?;
            Some(algorithm(mgf.rest)?.name)
        })?;
        let salt = inside.maybe(0xa2).map_or(Some(20), |bytes| Reader::new(bytes).small())?;
        Some(Self(Some(Limits { hash: hash.to_owned(), mgf: mgf.to_owned(), salt: salt as usize })))
    }
}
