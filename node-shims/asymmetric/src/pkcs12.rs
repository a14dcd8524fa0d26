//! PKCS #12 (RFC 7292): a key and certificates in a file.

use crate::der::{self, Reader};
use crate::digest::{self, Algorithm};
use crate::encryption;
use crate::fault::{Fault, Result};
use crate::input;
use crate::output;
use crate::wire::{Arguments, Value};
use crate::x509::Certificate;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SHA1_AND_3DES: &str = "1.2.840.113549.1.12.1.3";

/// The file and the passphrase. Gives the key, the certificates that are for it, and the others.
pub fn open(arguments: &Arguments) -> Result<Value> {
    let file = arguments.bytes(0).unwrap_or_default();
    let passphrase = arguments.bytes(1).unwrap_or_default();
    let broken = || Fault::error("", "header too long");
    let mut outer = Reader::new(file).sequence().ok_or_else(broken)?;
    outer.small().ok_or_else(broken)?;
    let contents = data(outer.sequence().ok_or_else(broken)?).ok_or_else(broken)?;
    if let Some(mac) = outer.sequence()
        && !verify(mac, contents, passphrase).ok_or_else(broken)?
    {
        return Err(Fault::error("", "mac verify failure"));
    }
    let (mut key, mut certificates) = (None, Vec::new());
    let mut safes = Reader::new(contents).sequence().ok_or_else(broken)?;
    while let Some(mut safe) = safes.sequence() {
        let kind = safe.oid().ok_or_else(broken)?;
        let inside = Reader::new(safe.expect(0xa0).ok_or_else(broken)?);
        let bags = match &kind[..] {
            DATA => Reader::new(inside.rest).expect(der::OCTET_STRING).ok_or_else(broken)?.to_vec(),
            ENCRYPTED_DATA => decrypt_data(inside, passphrase)?,
            _ => continue,
        };
        let mut bags = Reader::new(&bags).sequence().ok_or_else(broken)?;
        while let Some(mut bag) = bags.sequence() {
            let kind = bag.oid().ok_or_else(broken)?;
            let value = bag.expect(0xa0).ok_or_else(broken)?;
            match &kind[..] {
                KEY_BAG => key = Some(value.to_vec()),
                SHROUDED_KEY_BAG => key = Some(decrypt_key(value, passphrase)?),
                CERTIFICATE_BAG => certificates.extend(certificate(value)),
                _ => {}
            }
        }
    }
    let key = key.ok_or_else(|| Fault::error("", "Unable to load private key from PFX data"))?;
    let key = input::private(&Arguments(vec![Value::Bytes(key), Value::Number(0.0), Value::Number(1.0)]), 0)?;
    let own = |bytes: &Vec<u8>| Certificate::read(bytes).and_then(|found| found.key()).is_some_and(|found| found.spki() == key.spki());
    let Some(at) = certificates.iter().position(own) else {
        return Err(Fault::error("", "Unable to load certificate from PFX data"));
    };
    let leaf = certificates.remove(at);
    let others: Vec<Value> = certificates.into_iter().map(Value::Bytes).collect();
    let chain = [&[Value::Bytes(leaf)], &others[..]].concat();
    Ok(Value::List(vec![output::handle(&key), Value::List(chain), Value::List(others)]))
}

fn data(mut info: Reader<'_>) -> Option<&[u8]> {
    info.oid()?;
    Reader::new(info.expect(0xa0)?).expect(der::OCTET_STRING)
}

fn certificate(bag: &[u8]) -> Option<Vec<u8>> {
    let mut bag = Reader::new(bag).sequence()?;
    bag.oid()?;
    Some(Reader::new(bag.expect(0xa0)?).expect(der::OCTET_STRING)?.to_vec())
}

/// The passphrase as PKCS #12 has it: UTF-16, with an end.
fn wide(passphrase: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(passphrase);
    text.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect()
}

/// A key of some kind (1: cipher, 2: vector, 3: MAC) from a passphrase (RFC 7292, B.2).
fn derive(hash: Algorithm, passphrase: &[u8], salt: &[u8], kind: u8, rounds: u32, length: usize) -> Vec<u8> {
    let block = if hash.length > 32 { 128 } else { 64 };
    let fill = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().copied().cycle().take(if bytes.is_empty() { 0 } else { bytes.len().div_ceil(block) * block }).collect()
    };
    let mut input = [fill(salt), fill(&wide(passphrase))].concat();
    let mut out = Vec::new();
    while out.len() < length {
        let mut sum = hash.hash(&[&vec![kind; block], &input]);
        for _ in 1..rounds {
            sum = hash.hash(&[&sum]);
        }
        out.extend_from_slice(&sum);
        let add: Vec<u8> = sum.iter().copied().cycle().take(block).collect();
        for chunk in input.chunks_mut(block) {
            let mut carry = 1u16;
            for (byte, add) in chunk.iter_mut().zip(&add).rev() {
                carry += u16::from(*byte) + u16::from(*add);
                *byte = carry as u8;
                carry >>= 8;
            }
        }
    }
    out.truncate(length);
    out
}

fn verify(mut mac: Reader<'_>, contents: &[u8], passphrase: &[u8]) -> Option<bool> {
    let mut info = mac.sequence()?;
    let hash = digest::by_oid(&info.sequence()?.oid()?)?;
    let expected = info.expect(der::OCTET_STRING)?;
    let salt = mac.expect(der::OCTET_STRING)?;
    let rounds = mac.small().unwrap_or(1).min(10_000_000);
    let key = derive(hash, passphrase, salt, 3, rounds, hash.length);
    Some(hash.hmac(&key, &[contents]) == expected)
}

fn decrypt_key(bag: &[u8], passphrase: &[u8]) -> Result<Vec<u8>> {
    let broken = || Fault::error("", "header too long");
    let mut info = Reader::new(bag).sequence().ok_or_else(broken)?;
    let (_, _, algorithm) = info.whole().ok_or_else(broken)?;
    decrypt(algorithm, info.expect(der::OCTET_STRING).ok_or_else(broken)?, passphrase)
}

fn decrypt_data(mut inside: Reader<'_>, passphrase: &[u8]) -> Result<Vec<u8>> {
    let mut parts = || {
        let mut outer = inside.sequence()?;
        outer.small()?;
        let mut info = outer.sequence()?;
        info.oid()?;
        let (_, _, algorithm) = info.whole()?;
        let (tag, text) = info.any()?;
        // The text may be in pieces.
        let text = if tag == 0xa0 { Reader::new(text).expect(der::OCTET_STRING)? } else { text };
        Some((algorithm, text))
    };
    let (algorithm, text) = parts().ok_or_else(|| Fault::error("", "header too long"))?;
    decrypt(algorithm, text, passphrase)
}

fn decrypt(algorithm: &[u8], text: &[u8], passphrase: &[u8]) -> Result<Vec<u8>> {
    let unsupported = || Fault::error("", "unsupported");
    let sealed = der::sequence(&[algorithm.to_vec(), der::octets(text)]);
    if let Some(contents) = encryption::decrypt(&sealed, passphrase) {
        return contents;
    }
    let mut inside = Reader::new(algorithm).sequence().ok_or_else(unsupported)?;
    if inside.oid().as_deref() != Some(SHA1_AND_3DES) {
        return Err(unsupported());
    }
    let mut parameters = inside.sequence().ok_or_else(unsupported)?;
    let (salt, rounds) = parameters.expect(der::OCTET_STRING).zip(parameters.small()).ok_or_else(unsupported)?;
    let (cipher, hash) = encryption::find("des-ede3-cbc").zip(digest::find("sha1")).ok_or_else(unsupported)?;
    let rounds = rounds.min(10_000_000);
    let (key, vector) = (derive(hash, passphrase, salt, 1, rounds, 24), derive(hash, passphrase, salt, 2, rounds, 8));
    cipher.decrypt(&key, &vector, text)
}
