//! Keys as programs want them: a handle, PEM, DER or JWK.

use crate::encryption;
use crate::fault::{Fault, Result, unavailable};
use crate::jwk;
use crate::key::Key;
use crate::pem;
use crate::random::Random;
use crate::wire::{Arguments, PRIVATE, PUBLIC, Value};

const DER: i64 = 0;
const PEM: i64 = 1;
const JWK: i64 = 2;
const PKCS1: i64 = 0;
const PKCS8: i64 = 1;

/// A key's handle.
pub fn handle(key: &Key) -> Value {
    Value::Key(if key.is_private() { PRIVATE } else { PUBLIC }, key.write())
}

/// The two arguments of a public key's form: the format (none: a handle) and the form.
pub fn public(key: &Key, arguments: &Arguments, at: usize) -> Result<Value> {
    let key = key.clone().public();
    let (label, bytes) = match (&key, arguments.number(at + 1)) {
        (Key::Rsa(key), Some(PKCS1)) => ("RSA PUBLIC KEY", key.public_der()),
        _ => ("PUBLIC KEY", key.spki()),
    };
    match arguments.number(at) {
        None => Ok(handle(&key)),
        Some(DER) => Ok(Value::Bytes(bytes)),
        Some(JWK) => jwk::export(&key, false),
        Some(PEM | _) => Ok(Value::Text(pem::encode(label, &bytes))),
    }
}

/// The four arguments of a private key's form: format, form, cipher and passphrase.
pub fn private(key: &Key, arguments: &Arguments, at: usize, random: &mut Random) -> Result<Value> {
    let format = match arguments.number(at) {
        None => return Ok(handle(key)),
        Some(JWK) => return jwk::export(key, false),
        Some(format) => format,
    };
    let pkcs8 = arguments.number(at + 1).is_none_or(|form| form == PKCS8);
    let bytes = if pkcs8 { Some(key.pkcs8()) } else { key.traditional() };
    let bytes = bytes.ok_or_else(|| unavailable("This form of a private key"))?;
    let cipher = match arguments.text(at + 2) {
        None => None,
        Some(name) => Some(encryption::find(name).ok_or_else(|| Fault::error("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"))?),
    };
    let Some(cipher) = cipher else {
        let label = match key {
            _ if pkcs8 => "PRIVATE KEY",
            Key::Rsa(_) => "RSA PRIVATE KEY",
            _ => "EC PRIVATE KEY",
        };
        return Ok(if format == DER { Value::Bytes(bytes) } else { Value::Text(pem::encode(label, &bytes)) });
    };
    let passphrase = arguments.bytes(at + 3).unwrap_or_default();
    if !pkcs8 {
        let label = if matches!(key, Key::Rsa(_)) { "RSA PRIVATE KEY" } else { "EC PRIVATE KEY" };
        let (headers, contents) = encryption::encrypt_pem(&bytes, cipher, passphrase, random);
        return Ok(Value::Text(pem::with_headers(label, &headers, &contents)));
    }
    let bytes = encryption::encrypt(&bytes, cipher, passphrase, random);
    Ok(if format == DER { Value::Bytes(bytes) } else { Value::Text(pem::encode("ENCRYPTED PRIVATE KEY", &bytes)) })
}
