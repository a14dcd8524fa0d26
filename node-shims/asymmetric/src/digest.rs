//! Digests by OpenSSL's names.

use digest::{Digest, DynDigest};

use crate::der;

/// A digest: its name, its length in bytes, its object identifier.
#[derive(Clone, Copy, PartialEq)]
pub struct Algorithm {
    pub name: &'static str,
    pub length: usize,
    pub oid: &'static str,
}

const ALGORITHMS: [Algorithm; 13] = [
    Algorithm { name: "md5", length: 16, oid: "1.2.840.113549.2.5" },
    Algorithm { name: "ripemd160", length: 20, oid: "1.3.36.3.2.1" },
    Algorithm { name: "sha1", length: 20, oid: "1.3.14.3.2.26" },
    Algorithm { name: "sha224", length: 28, oid: "2.16.840.1.101.3.4.2.4" },
    Algorithm { name: "sha256", length: 32, oid: "2.16.840.1.101.3.4.2.1" },
    Algorithm { name: "sha384", length: 48, oid: "2.16.840.1.101.3.4.2.2" },
    Algorithm { name: "sha512", length: 64, oid: "2.16.840.1.101.3.4.2.3" },
    Algorithm { name: "sha512-224", length: 28, oid: "2.16.840.1.101.3.4.2.5" },
    Algorithm { name: "sha512-256", length: 32, oid: "2.16.840.1.101.3.4.2.6" },
    Algorithm { name: "sha3-224", length: 28, oid: "2.16.840.1.101.3.4.2.7" },
    Algorithm { name: "sha3-256", length: 32, oid: "2.16.840.1.101.3.4.2.8" },
    Algorithm { name: "sha3-384", length: 48, oid: "2.16.840.1.101.3.4.2.9" },
    Algorithm { name: "sha3-512", length: 64, oid: "2.16.840.1.101.3.4.2.10" },
];

pub fn find(name: &str) -> Option<Algorithm> {
    let lower = name.to_ascii_lowercase();
    let name = match &lower[..] {
        "sha-1" | "ssl3-sha1" | "dss1" | "sha1withrsaencryption" => "sha1",
        "ssl3-md5" => "md5",
        "rmd160" | "ripemd" => "ripemd160",
        other => {
            let other = other.strip_prefix("rsa-").unwrap_or(other);
            let other = other.strip_prefix("id-rsassa-pkcs1-v1_5-with-").unwrap_or(other);
            let other = other.strip_suffix("withrsaencryption").unwrap_or(other);
            let other = match other {
                "sha1-2" => "sha1",
                "sha512/224" => "sha512-224",
                "sha512/256" => "sha512-256",
                other => other,
            };
            return ALGORITHMS.into_iter().find(|known| known.name == other || known.name == other.replacen("sha-", "sha", 1));
        }
    };
    ALGORITHMS.into_iter().find(|known| known.name == name)
}

pub fn by_oid(oid: &str) -> Option<Algorithm> {
    ALGORITHMS.into_iter().find(|known| known.oid == oid)
}

impl Algorithm {
    pub fn hasher(self) -> Box<dyn DynDigest> {
        match self.name {
            "md5" => Box::new(md5::Md5::new()),
            "ripemd160" => Box::new(ripemd::Ripemd160::new()),
            "sha1" => Box::new(sha1::Sha1::new()),
            "sha224" => Box::new(sha2::Sha224::new()),
            "sha384" => Box::new(sha2::Sha384::new()),
            "sha512" => Box::new(sha2::Sha512::new()),
            "sha512-224" => Box::new(sha2::Sha512_224::new()),
            "sha512-256" => Box::new(sha2::Sha512_256::new()),
            "sha3-224" => Box::new(sha3::Sha3_224::new()),
            "sha3-256" => Box::new(sha3::Sha3_256::new()),
            "sha3-384" => Box::new(sha3::Sha3_384::new()),
            "sha3-512" => Box::new(sha3::Sha3_512::new()),
            _ => Box::new(sha2::Sha256::new()),
        }
    }

    pub fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hasher = self.hasher();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finalize().to_vec()
    }

    /// `AlgorithmIdentifier`, with parameters of `NULL`.
    pub fn identifier(self) -> Vec<u8> {
        der::sequence(&[der::oid(self.oid), der::null()])
    }

    /// `DigestInfo` (RFC 8017, 9.2): what PKCS #1 signs.
    pub fn info(self, hash: &[u8]) -> Vec<u8> {
        der::sequence(&[self.identifier(), der::octets(hash)])
    }

    pub fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        // The block's length: Keccak's rate, or twice the word times 16.
        let block = match self.name {
            "sha3-224" => 144,
            "sha3-256" => 136,
            "sha3-384" => 104,
            "sha3-512" => 72,
            name if name.starts_with("sha512") || name == "sha384" => 128,
            _ => 64,
        };
        let mut key = if key.len() > block { self.hash(&[key]) } else { key.to_vec() };
        key.resize(block, 0);
        let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
        let mut inner = self.hasher();
        inner.update(&pad(0x36));
        parts.iter().for_each(|part| inner.update(part));
        self.hash(&[&pad(0x5c), &inner.finalize()])
    }

    pub fn pbkdf2(self, password: &[u8], salt: &[u8], rounds: u32, length: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(length + self.length);
        for block in 1u32.. {
            if out.len() >= length {
                break;
            }
            let mut last = self.hmac(password, &[salt, &block.to_be_bytes()]);
            let mut sum = last.clone();
            for _ in 1..rounds {
                last = self.hmac(password, &[&last]);
                sum.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
            }
            out.extend_from_slice(&sum);
        }
        out.truncate(length);
        out
    }
}
