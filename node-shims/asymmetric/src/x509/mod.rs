//! Certificates (RFC 5280): read, described, checked.

mod chain;
mod general;
mod identity;
mod methods;
mod name;
mod spkac;
mod time;

pub use chain::verify as verify_chain;
pub use methods::{METHODS, parse};
pub use spkac::{challenge, public_key, verify};

use crate::der::{self, Reader};
use crate::digest::{self, Algorithm};
use crate::key::Key;
use crate::signature;

/// A certificate's parts, as they lie in its DER.
pub struct Certificate<'a> {
    /// All of it.
    pub raw: &'a [u8],
    /// What is signed.
    pub signed: &'a [u8],
    pub serial: &'a [u8],
    /// Names with their tag, to be compared byte by byte.
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    /// Seconds since 1970.
    pub from: i64,
    pub to: i64,
    pub spki: &'a [u8],
    pub extensions: Vec<(String, &'a [u8])>,
    pub algorithm: String,
    algorithm_parameters: &'a [u8],
    pub signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Reader::new(bytes);
        let (tag, contents, raw) = outer.whole()?;
        if tag != der::SEQUENCE {
            return None;
        }
        let mut parts = Reader::new(contents);
        let (_, inside, signed) = parts.whole()?;
        let mut algorithm = parts.sequence()?;
        let (oid, algorithm_parameters) = (algorithm.oid()?, algorithm.rest);
        let signature = parts.bits()?;
        let mut fields = Reader::new(inside);
        fields.maybe(0xa0);
        let serial = fields.expect(der::INTEGER)?;
        fields.sequence()?;
        let (_, _, issuer) = fields.whole()?;
        let mut validity = fields.sequence()?;
        let (from, to) = (time::read(validity.any()?)?, time::read(validity.any()?)?);
        let (_, _, subject) = fields.whole()?;
        let (_, _, spki) = fields.whole()?;
        let mut extensions = Vec::new();
        while let Some((tag, contents)) = fields.any() {
            if tag != 0xa3 {
                continue;
            }
            let mut list = Reader::new(contents).sequence()?;
            while !list.is_empty() {
                let mut extension = list.sequence()?;
                let oid = extension.oid()?;
                extension.maybe(0x01);
                extensions.push((oid, extension.expect(der::OCTET_STRING)?));
            }
        }
        Some(Self { raw, signed, serial, issuer, subject, from, to, spki, extensions, algorithm: oid, algorithm_parameters, signature })
    }

    pub fn key(&self) -> Option<Key> {
        Key::from_spki(self.spki)
    }

    pub fn extension(&self, oid: &str) -> Option<&'a [u8]> {
        self.extensions.iter().find(|(found, _)| found == oid).map(|(_, value)| *value)
    }

    /// The bits of the extension keyUsage, the first the highest; nothing if there is none.
    pub fn key_usage(&self) -> Option<u8> {
        let bits = Reader::new(self.extension("2.5.29.15")?).expect(der::BIT_STRING)?;
        Some(bits.get(1).copied().unwrap_or(0))
    }

    pub fn may_sign_certificates(&self) -> bool {
        const KEY_CERT_SIGN: u8 = 0x04;
        self.key_usage().is_none_or(|usage| usage & KEY_CERT_SIGN != 0)
    }

    pub fn is_authority(&self) -> bool {
        let authority = || Some(Reader::new(self.extension("2.5.29.19")?).sequence()?.maybe(0x01)? == [0xff]);
        authority() == Some(true) && self.may_sign_certificates()
    }

    /// Whether this one may have issued the other, as far as names and purposes tell.
    pub fn may_issue(&self, other: &Certificate<'_>) -> bool {
        self.subject == other.issuer && self.may_sign_certificates()
    }

    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether the key made the signature.
    pub fn is_signed_by(&self, key: &Key) -> bool {
        is_signed(key, &self.algorithm, self.algorithm_parameters, self.signed, self.signature)
    }
}

/// Whether the key made a signature, by the algorithm's identifier.
pub fn is_signed(key: &Key, algorithm: &str, parameters: &[u8], data: &[u8], bytes: &[u8]) -> bool {
    let (hash, pss): (Option<Algorithm>, Option<i64>) = match algorithm {
        "1.2.840.113549.1.1.10" => match crate::rsa::Pss::read(&mut Reader::new(parameters)) {
            Some(crate::rsa::Pss(Some(limits))) => (digest::find(&limits.hash), Some(limits.salt as i64)),
            _ => (digest::find("sha1"), Some(20)),
        },
        "1.3.101.112" | "1.3.101.113" => (digest::find("sha512"), None),
        oid => (SIGNATURES.iter().find(|(known, _, _)| *known == oid).and_then(|(_, _, hash)| digest::find(hash)), None),
    };
    hash.is_some_and(|hash| signature::verify_plain(key, hash, data, bytes, pss))
}

/// Signature algorithms: identifier, OpenSSL's long name, digest.
const SIGNATURES: [(&str, &str, &str); 16] = [
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption", "md5"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption", "sha1"),
    ("1.2.840.113549.1.1.10", "rsassaPss", ""),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption", "sha256"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption", "sha384"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption", "sha512"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption", "sha224"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1", "sha1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224", "sha224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256", "sha256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384", "sha384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512", "sha512"),
    ("1.2.840.10040.4.3", "dsaWithSHA1", "sha1"),
    ("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256", "sha256"),
    ("1.3.101.112", "ED25519", ""),
    ("1.3.101.113", "ED448", ""),
];

/// OpenSSL's long name of a signature algorithm.
pub fn signature_name(oid: &str) -> Option<&'static str> {
    SIGNATURES.iter().find(|(known, _, _)| *known == oid).map(|(_, name, _)| *name)
}
