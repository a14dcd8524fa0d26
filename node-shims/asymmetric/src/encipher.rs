//! RSA as a cipher.

use crate::digest;
use crate::fault::{Fault, Result, invalid_digest, too_large_for_key, unsupported_for_key_type};
use crate::input;
use crate::key::Key;
use crate::padding;
use crate::random::Random;
use crate::rsa::Rsa;
use crate::signature::{NONE, PKCS1};
use crate::wire::{Arguments, Value};

const OAEP: i64 = 4;

/// What `crypto.publicEncrypt` and its three sisters do.
#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    PublicEncrypt,
    PublicDecrypt,
    PrivateEncrypt,
    PrivateDecrypt,
}

/// A key's four, the data, the padding, OAEP's digest and label.
pub fn run(operation: Operation, arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let private = matches!(operation, Operation::PrivateEncrypt | Operation::PrivateDecrypt);
    let hash = arguments.text(6).unwrap_or("sha1");
    oaep_hash(hash)?;
    let key = if private { input::private(arguments, 0)? } else { input::public(arguments, 0)? };
    let Key::Rsa(key @ Rsa { pss: None, .. }) = key else { return Err(unsupported_for_key_type()) };
    let data = arguments.bytes(4).unwrap_or_default();
    let padding = arguments.number(5).unwrap_or(OAEP);
    let label = arguments.bytes(7).unwrap_or_default();
    let out = match operation {
        Operation::PublicEncrypt => encrypt(&key, data, padding, hash, label, random)?,
        Operation::PrivateDecrypt => decrypt(&key, data, padding, hash, label, random)?,
        Operation::PrivateEncrypt => {
            let block = match padding {
                PKCS1 => padding::pkcs1_sign(data, key.length()).ok_or_else(too_large_for_key)?,
                NONE => whole(&key, data)?,
                _ => return Err(unknown_padding()),
            };
            key.private_operation(&block, random)?
        }
        Operation::PublicDecrypt => {
            if data.len() > key.length() {
                return Err(Fault::openssl("0200006C", "rsa routines", "data greater than mod len"));
            }
            let block = key.public_operation(data)?;
            match padding {
                PKCS1 => padding::pkcs1_recover(&block).ok_or_else(|| Fault::openssl("0200008A", "rsa routines", "invalid padding"))?.to_vec(),
                NONE => block,
                _ => return Err(unknown_padding()),
            }
        }
    };
    Ok(Value::Bytes(out))
}

/// `RSACipherJob`: mode, key, data, variant, digest, label. OAEP alone.
pub fn job(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    const ENCRYPT: i64 = 0;
    let encrypting = arguments.number(0) == Some(ENCRYPT);
    let key = if encrypting { input::public(arguments, 1)? } else { input::private(arguments, 1)? };
    let Key::Rsa(key) = key else { return Err(unsupported_for_key_type()) };
    let data = arguments.bytes(2).unwrap_or_default();
    let hash = arguments.text(4).unwrap_or("sha1");
    let label = arguments.bytes(5).unwrap_or_default();
    let out = if encrypting { encrypt(&key, data, OAEP, hash, label, random)? } else { decrypt(&key, data, OAEP, hash, label, random)? };
    Ok(Value::ArrayBuffer(out))
}

fn unknown_padding() -> Fault {
    Fault::openssl("02000076", "rsa routines", "unknown padding type")
}

fn oaep_hash(name: &str) -> Result<digest::Algorithm> {
    digest::find(name).ok_or_else(|| Fault::error("ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest used"))
}

/// Data that is the block.
fn whole(key: &Rsa, data: &[u8]) -> Result<Vec<u8>> {
    match data.len().cmp(&key.length()) {
        std::cmp::Ordering::Less => Err(Fault::openssl("0200007A", "rsa routines", "data too small for key size")),
        std::cmp::Ordering::Equal => Ok(data.to_vec()),
        std::cmp::Ordering::Greater => Err(too_large_for_key()),
    }
}

fn encrypt(key: &Rsa, data: &[u8], padding: i64, hash: &str, label: &[u8], random: &mut Random) -> Result<Vec<u8>> {
    let block = match padding {
        PKCS1 => padding::pkcs1_encrypt(data, key.length(), random).ok_or_else(too_large_for_key)?,
        NONE => whole(key, data)?,
        OAEP => padding::oaep_encrypt(data, key.length(), oaep_hash(hash)?, label, random).ok_or_else(too_large_for_key)?,
        _ => return Err(unknown_padding()),
    };
    key.public_operation(&block)
}

fn decrypt(key: &Rsa, data: &[u8], padding: i64, hash: &str, label: &[u8], random: &mut Random) -> Result<Vec<u8>> {
    let failed = || Fault::openssl("02000079", "rsa routines", "oaep decoding error");
    if data.len() > key.length() {
        return Err(Fault::openssl("0200006C", "rsa routines", "data greater than mod len"));
    }
    if padding == OAEP {
        let hash = oaep_hash(hash)?;
        let block = key.private_operation(data, random)?;
        return padding::oaep_decrypt(&block, hash, label).ok_or_else(failed);
    }
    let block = key.private_operation(data, random)?;
    match padding {
        PKCS1 => {
            let hash = digest::find("sha256").ok_or_else(|| invalid_digest("sha256"))?;
            let secret = key.private.as_ref().map(|private| hash.hash(&[&private.d])).unwrap_or_default();
            Ok(padding::pkcs1_decrypt(&block, &[secret, data.to_vec()].concat(), hash))
        }
        NONE => Ok(block),
        _ => Err(unknown_padding()),
    }
}
