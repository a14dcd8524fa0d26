//! Shared secrets: Diffie-Hellman in its kinds, and key encapsulation.

mod classic;
mod elliptic;
pub mod groups;

pub use classic::{DH_METHODS, dh_new, group_new};
pub use elliptic::{ECDH_METHODS, convert, ecdh_new};

use crate::fault::{Fault, Result, unsupported_for_key_type};
use crate::input;
use crate::key::Key;
use crate::number::{padded, pow_mod};
use crate::random::Random;
use crate::wire::{Arguments, Value};

/// A method of an object whose state is bytes: gets the state, and the arguments; gives the state then, and the result.
pub type Method = fn(&[u8], &Arguments, &mut Random) -> Result<(Vec<u8>, Value)>;

/// `DHBitsJob` and `ECDHBitsJob`: a public key, a private key.
pub fn secret(arguments: &Arguments) -> Result<Value> {
    let (theirs, ours) = (input::public(arguments, 0)?, input::private(arguments, 1)?);
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "diffieHellman failed");
    let mismatch = || Fault::openssl("1C8000CB", "Provider routines", "mismatching domain parameters");
    let secret = match (&ours, &theirs) {
        (Key::Ec(ours), Key::Ec(theirs)) => {
            if ours.curve.name != theirs.curve.name {
                return Err(mismatch());
            }
            ours.curve.agree(ours.private.as_ref().ok_or_else(failed)?, &theirs.point).ok_or_else(failed)?
        }
        (Key::Okp(ours), Key::Okp(theirs)) if ours.algorithm.name.starts_with('x') => {
            let failed = || Fault::openssl("1C80007D", "Provider routines", "failed during derivation");
            ours.algorithm.agree(ours.private.as_ref().ok_or_else(failed)?, &theirs.public).ok_or_else(failed)?
        }
        (Key::Dh(ours), Key::Dh(theirs)) => {
            if ours.p != theirs.p || ours.g != theirs.g {
                return Err(mismatch());
            }
            let secret = pow_mod(&theirs.y, ours.x.as_ref().ok_or_else(failed)?, &ours.p).ok_or_else(failed)?;
            padded(&secret, ours.p.len())
        }
        _ => return Err(unsupported_for_key_type()),
    };
    Ok(Value::ArrayBuffer(secret))
}

/// `KEMEncapsulateJob`: a key's four. Gives the shared key and the ciphertext.
pub fn encapsulate(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Encapsulation failed");
    match input::public(arguments, 0)? {
        Key::Okp(key) if key.algorithm.name.starts_with("ml-kem") => {
            let (text, secret) = key.algorithm.encapsulate(&key.public, random).ok_or_else(failed)?;
            Ok(Value::List(vec![Value::Bytes(secret), Value::Bytes(text)]))
        }
        _ => Err(unsupported_for_key_type()),
    }
}

/// `KEMDecapsulateJob`: a key's four, the ciphertext.
pub fn decapsulate(arguments: &Arguments) -> Result<Value> {
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Decapsulation failed");
    match input::private(arguments, 0)? {
        Key::Okp(key) if key.algorithm.name.starts_with("ml-kem") => {
            let private = key.private.as_ref().ok_or_else(failed)?;
            let secret = key.algorithm.decapsulate(private, arguments.bytes(4).unwrap_or_default()).ok_or_else(failed)?;
            Ok(Value::Bytes(secret))
        }
        _ => Err(unsupported_for_key_type()),
    }
}

/// Parts, each with its length before it: the state of an object.
fn pack(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    Value::List(parts.iter().map(|part| Value::Bytes(part.to_vec())).collect()).write(&mut out);
    out
}

/// What [`pack`] packed; missing parts are empty.
fn unpack<const N: usize>(mut state: &[u8]) -> [Vec<u8>; N] {
    let parts = match Value::read(&mut state) {
        Some(Value::List(parts)) => parts,
        _ => Vec::new(),
    };
    let mut parts = parts.into_iter().map(|part| if let Value::Bytes(bytes) = part { bytes } else { Vec::new() });
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
