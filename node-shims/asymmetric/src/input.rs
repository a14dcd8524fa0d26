//! Keys as programs give them: a handle, PEM or DER, perhaps behind a passphrase.

use crate::der::Reader;
use crate::encryption;
use crate::fault::{Fault, Result, unsupported};
use crate::finite::Dsa;
use crate::key::Key;
use crate::pem::{self, Block};
use crate::rsa::Rsa;
use crate::wire::{Arguments, PRIVATE, PUBLIC, Value};
use crate::x509;

const DER: i64 = 0;
const PKCS1: i64 = 0;
const SPKI: i64 = 2;

/// The four arguments of a private key: what it is in, the format, the form, the passphrase.
pub fn private(arguments: &Arguments, at: usize) -> Result<Key> {
    if let Some(key) = handle(arguments.at(at)) {
        return key;
    }
    let bytes = arguments.bytes(at).ok_or_else(unsupported)?;
    let passphrase = arguments.bytes(at + 3);
    if arguments.number(at + 1) == Some(DER) { private_der(bytes, passphrase) } else { private_pem(bytes, passphrase) }
}

/// The four arguments of a public key, or of a private one whose public half will do.
pub fn public(arguments: &Arguments, at: usize) -> Result<Key> {
    if let Some(key) = handle(arguments.at(at)) {
        return key;
    }
    let bytes = arguments.bytes(at).ok_or_else(unsupported)?;
    let passphrase = arguments.bytes(at + 3);
    if arguments.number(at + 1) != Some(DER) {
        for block in pem::blocks(bytes) {
            let key = match &block.label[..] {
                "PUBLIC KEY" => Key::from_spki(&block.contents),
                "RSA PUBLIC KEY" => Rsa::read_public(&block.contents).map(Key::Rsa),
                "CERTIFICATE" | "X509 CERTIFICATE" => x509::Certificate::read(&block.contents).and_then(|certificate| certificate.key()),
                _ => continue,
            };
            return key.ok_or_else(unsupported);
        }
        return private_pem(bytes, passphrase);
    }
    match arguments.number(at + 2) {
        Some(PKCS1) => Rsa::read_public(bytes).map(Key::Rsa).or_else(|| private_der(bytes, passphrase).ok()).ok_or_else(unreadable),
        Some(SPKI) => Key::from_spki(bytes).or_else(|| x509::Certificate::read(bytes)?.key()).ok_or_else(unreadable),
        _ => private_der(bytes, passphrase),
    }
}

fn unreadable() -> Fault {
    Fault::error("", "Failed to read asymmetric key")
}

fn handle(value: &Value) -> Option<Result<Key>> {
    let Value::Key(kind @ (PUBLIC | PRIVATE), bytes) = value else { return None };
    Some(Key::read(*kind == PRIVATE, bytes).ok_or_else(|| Fault::error("ERR_CRYPTO_INVALID_STATE", "The key cannot be read")))
}

fn no_passphrase() -> Fault {
    Fault::openssl("07880109", "common libcrypto routines", "interrupted or cancelled")
        .after(&["error:04800068:PEM routines::bad password read", "error:07880109:common libcrypto routines::interrupted or cancelled"])
}

fn private_pem(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Key> {
    for block in pem::blocks(bytes) {
        let read = match &block.label[..] {
            "PRIVATE KEY" => Key::from_pkcs8,
            "RSA PRIVATE KEY" => rsa,
            "EC PRIVATE KEY" => Key::from_sec1,
            "DSA PRIVATE KEY" => dsa,
            "ENCRYPTED PRIVATE KEY" => {
                let passphrase = passphrase.ok_or_else(no_passphrase)?;
                let contents = encryption::decrypt(&block.contents, passphrase).ok_or_else(unsupported)??;
                return Key::from_pkcs8(&contents).ok_or_else(unsupported);
            }
            _ => continue,
        };
        return read(&open(&block, passphrase)?).ok_or_else(unsupported);
    }
    Err(unsupported())
}

fn open(block: &Block, passphrase: Option<&[u8]>) -> Result<Vec<u8>> {
    match &block.encryption {
        None => Ok(block.contents.clone()),
        Some(how) => encryption::decrypt_pem(&block.contents, how, passphrase.ok_or_else(no_passphrase)?),
    }
}

/// The form is found out, whatever was said.
fn private_der(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Key> {
    let not_enough = "error:0680008E:asn1 encoding routines::not enough data";
    let failed = || Fault::openssl("0680008E", "asn1 encoding routines", "not enough data").after(&[not_enough]);
    if let Some(key) = Key::from_pkcs8(bytes).or_else(|| rsa(bytes)).or_else(|| Key::from_sec1(bytes)).or_else(|| dsa(bytes)) {
        return Ok(key);
    }
    if !encryption::is_encrypted(bytes) {
        return Err(failed());
    }
    let Some(passphrase) = passphrase else {
        return Err(Fault::type_error("ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key"));
    };
    let contents = encryption::decrypt(bytes, passphrase).ok_or_else(failed)??;
    Key::from_pkcs8(&contents).ok_or_else(failed)
}

fn rsa(bytes: &[u8]) -> Option<Key> {
    Rsa::read_private(bytes).map(Key::Rsa)
}

/// The older form of a DSA key: version, p, q, g, y, x.
fn dsa(bytes: &[u8]) -> Option<Key> {
    let mut key = Reader::new(bytes).sequence()?;
    key.small()?;
    let mut next = || key.uint().map(<[u8]>::to_vec);
    let (p, q, g, y, x) = (next()?, next()?, next()?, next()?, next()?);
    key.is_empty().then_some(Key::Dsa(Dsa { p, q, g, y, x: Some(x) }))
}
