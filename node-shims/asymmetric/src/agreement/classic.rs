//! `DiffieHellman` and `DiffieHellmanGroup`. The state: prime, generator, private key, public key.

use super::{Method, groups, pack, unpack};
use crate::der::trim;
use crate::fault::{Fault, Result};
use crate::finite;
use crate::number::{bit_length, compare, divide, is_odd, padded, pow_mod, subtract};
use crate::prime;
use crate::random::Random;
use crate::wire::{Arguments, Value};

/// OpenSSL's limits.
const LEAST: usize = 512;
const MOST: usize = 10_000;

/// The prime or its length, the generator. Gives the state.
pub fn dh_new(arguments: &Arguments, random: &mut Random) -> Result<(Vec<u8>, Value)> {
    let small = || Fault::openssl("0280007E", "Diffie-Hellman routines", "modulus too small");
    let large = || Fault::openssl("0280007F", "Diffie-Hellman routines", "modulus too large");
    let bad_generator = || Fault::openssl("02800065", "Diffie-Hellman routines", "bad generator");
    let generator = match arguments.number(1) {
        Some(number) if number <= 1 && arguments.number(0).is_none() => {
            // Both are looked at, and the last complaint is the one that is told.
            let short = bit_length(arguments.bytes(0).unwrap_or_default()) < LEAST;
            return Err(if short { small().after(&["error:02800065:Diffie-Hellman routines::bad generator"]) } else { bad_generator() });
        }
        Some(number) => trim(&u32::try_from(number).unwrap_or(0).to_be_bytes()).to_vec(),
        None => {
            let bytes = trim(arguments.bytes(1).unwrap_or_default()).to_vec();
            if bytes.is_empty() || bytes == [1] {
                return Err(bad_generator());
            }
            bytes
        }
    };
    let prime = match arguments.number(0) {
        None => trim(arguments.bytes(0).unwrap_or_default()).to_vec(),
        Some(bits) => {
            let bits = usize::try_from(bits).unwrap_or(0);
            if bits < LEAST {
                // Node asks OpenSSL for less than it makes, and hears of the parameters alone.
                return Err(if bits < 2 { small() } else { Fault::type_error("ERR_INVALID_ARG_VALUE", "Invalid DH parameters") });
            }
            if bits > MOST {
                return Err(large());
            }
            if generator.is_empty() || generator == [1] {
                return Err(Fault::type_error("ERR_INVALID_ARG_VALUE", "Invalid DH parameters"));
            }
            prime::generate(bits, true, random)
        }
    };
    let error = verify(&prime, &generator, random);
    Ok((pack(&[&prime, &generator]), Value::Number(f64::from(error))))
}

/// A group's name.
pub fn group_new(arguments: &Arguments) -> Result<(Vec<u8>, Value)> {
    let unknown = || Fault::error("ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group");
    let (prime, generator) = groups::find(arguments.text(0).unwrap_or_default()).ok_or_else(unknown)?;
    Ok((pack(&[&prime, &[generator]]), Value::Number(0.0)))
}

/// `DH_check`'s flags.
fn verify(prime: &[u8], generator: &[u8], random: &mut Random) -> u32 {
    const NOT_PRIME: u32 = 1;
    const NOT_SAFE_PRIME: u32 = 2;
    const NOT_SUITABLE_GENERATOR: u32 = 8;
    const MODULUS_TOO_SMALL: u32 = 0x80;
    let mut flags = 0;
    if bit_length(prime) < LEAST {
        flags |= MODULUS_TOO_SMALL;
    }
    if compare(generator, &[1]).is_le() || compare(generator, &subtract(prime, &[1])).is_ge() {
        flags |= NOT_SUITABLE_GENERATOR;
    }
    if !prime::check(prime, 4, random) {
        return flags | NOT_PRIME;
    }
    let half = divide(&subtract(prime, &[1]), &[2]).unwrap_or_default();
    if !is_odd(&half) || !prime::check(&half, 4, random) {
        flags |= NOT_SAFE_PRIME;
    }
    flags
}

pub const DH_METHODS: [(&str, Method); 8] = [
    ("generateKeys", |state, _, random| {
        let [prime, generator, mut private, _] = unpack(state);
        if private.is_empty() {
            private = finite::private(&prime, random);
        }
        let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Key generation failed");
        let public = pow_mod(&generator, &private, &prime).ok_or_else(failed)?;
        let public = padded(&public, prime.len());
        Ok((pack(&[&prime, &generator, &private, &public]), Value::Bytes(public)))
    }),
    ("computeSecret", |state, arguments, _| {
        let [prime, _, private, _] = unpack(state);
        let theirs = trim(arguments.bytes(0).unwrap_or_default());
        if compare(theirs, &[1]).is_le() {
            return Err(Fault::range_error("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too small"));
        }
        if compare(theirs, &subtract(&prime, &[1])).is_ge() {
            return Err(Fault::range_error("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too large"));
        }
        if private.is_empty() {
            return Err(Fault::openssl("02800064", "Diffie-Hellman routines", "no private value"));
        }
        let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Failed to compute the secret");
        let secret = pow_mod(theirs, &private, &prime).ok_or_else(failed)?;
        Ok((state.to_vec(), Value::Bytes(padded(&secret, prime.len()))))
    }),
    ("getPrime", |state, _, _| {
        let [prime] = unpack(state);
        Ok((state.to_vec(), Value::Bytes(prime)))
    }),
    ("getGenerator", |state, _, _| {
        let [_, generator] = unpack(state);
        Ok((state.to_vec(), Value::Bytes(generator)))
    }),
    ("getPublicKey", |state, _, _| {
        let [_, _, _, public] = unpack(state);
        if public.is_empty() {
            return Err(Fault::error("ERR_CRYPTO_INVALID_STATE", "No public key - did you forget to generate one?"));
        }
        Ok((state.to_vec(), Value::Bytes(public)))
    }),
    ("getPrivateKey", |state, _, _| {
        let [_, _, private] = unpack(state);
        if private.is_empty() {
            return Err(Fault::error("ERR_CRYPTO_INVALID_STATE", "No private key - did you forget to generate one?"));
        }
        Ok((state.to_vec(), Value::Bytes(private)))
    }),
    ("setPublicKey", |state, arguments, _| {
        let [prime, generator, private, _] = unpack(state);
        Ok((pack(&[&prime, &generator, &private, trim(arguments.bytes(0).unwrap_or_default())]), Value::Undefined))
    }),
    ("setPrivateKey", |state, arguments, _| {
        let [prime, generator, _, public] = unpack(state);
        Ok((pack(&[&prime, &generator, trim(arguments.bytes(0).unwrap_or_default()), &public]), Value::Undefined))
    }),
];
