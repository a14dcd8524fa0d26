//! Key pairs, made. Each job's arguments end with the public key's format and form, and the private key's format, form, cipher and passphrase.

use crate::agreement::groups;
use crate::curve;
use crate::digest;
use crate::encryption;
use crate::fault::{Fault, Result, invalid_curve, invalid_digest};
use crate::finite::{Dh, Dsa};
use crate::key::{Ec, Key, Okp};
use crate::okp;
use crate::output;
use crate::prime;
use crate::random::Random;
use crate::rsa::{Limits, Pss, Rsa};
use crate::wire::{Arguments, Value};

const VARIANT_PSS: i64 = 1;

fn pair(key: &Key, arguments: &Arguments, at: usize, random: &mut Random) -> Result<Value> {
    Ok(Value::List(vec![output::public(key, arguments, at)?, output::private(key, arguments, at + 2, random)?]))
}

/// Variant, bits, exponent; of PSS also the digest, MGF1's digest and the salt's length.
pub fn rsa(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let pss = arguments.number(0) == Some(VARIANT_PSS);
    let (bits, exponent) = (arguments.number(1).unwrap_or(0), arguments.number(2).unwrap_or(0x10001));
    let limits = if pss { Some(limits(arguments)?) } else { None };
    let key = Rsa::generate(usize::try_from(bits).unwrap_or(0), u32::try_from(exponent).unwrap_or(0), random)?;
    pair(&Key::Rsa(Rsa { pss: limits, ..key }), arguments, if pss { 6 } else { 3 }, random)
}

fn limits(arguments: &Arguments) -> Result<Pss> {
    let (hash, mgf, salt) = (arguments.text(3), arguments.text(4), arguments.number(5));
    if hash.is_none() && mgf.is_none() && salt.is_none() {
        return Ok(Pss(None));
    }
    let name = hash.unwrap_or("sha1");
    let hash = digest::find(name).ok_or_else(|| invalid_digest(name))?;
    let mgf = match mgf {
        None => hash,
        Some(name) => digest::find(name).ok_or_else(|| Fault::type_error("ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid MGF1 digest: {name}")))?,
    };
    let salt = salt.and_then(|salt| usize::try_from(salt).ok()).unwrap_or(hash.length);
    Ok(Pss(Some(Limits { hash: hash.name.to_owned(), mgf: mgf.name.to_owned(), salt })))
}

/// Bits, the divisor's bits.
pub fn dsa(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let [bits, divisor] = [0, 1].map(|at| arguments.number(at).and_then(|bits| usize::try_from(bits).ok()).unwrap_or(0));
    pair(&Key::Dsa(Dsa::generate(bits, divisor, random)?), arguments, 2, random)
}

/// The curve, whether its name is enough.
pub fn ec(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    const NAMED: i64 = 1;
    let curve = curve::find(arguments.text(0).unwrap_or_default()).ok_or_else(invalid_curve)?;
    let private = curve.generate(random);
    let point = curve.public(&private).ok_or_else(invalid_curve)?;
    let key = Ec { curve, explicit: arguments.number(1) != Some(NAMED), point, private: Some(private) };
    pair(&Key::Ec(key), arguments, 2, random)
}

/// OpenSSL's number of the algorithm.
pub fn by_number(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let number = arguments.number(0).unwrap_or(0);
    let failed = || crate::fault::unavailable("Generating a key pair of this type");
    let algorithm = okp::find(|known| known.nid == number).ok_or_else(failed)?;
    let key = Okp::private(algorithm, &algorithm.generate(random)).ok_or_else(failed)?;
    pair(&Key::Okp(key), arguments, 1, random)
}

/// A group's name; or the prime or its length, and the generator.
pub fn dh(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Key generation failed");
    if let Value::Text(name) = arguments.at(0) {
        let (prime, generator) = groups::find(name).ok_or_else(|| Fault::error("ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group"))?;
        let key = Dh::generate(prime, vec![generator], random).ok_or_else(failed)?;
        return pair(&Key::Dh(key), arguments, 1, random);
    }
    let generator = u32::try_from(arguments.number(1).unwrap_or(2)).unwrap_or(2).to_be_bytes();
    let generator = crate::der::trim(&generator).to_vec();
    let prime = match arguments.number(0) {
        Some(bits) => {
            let bits = usize::try_from(bits).unwrap_or(0);
            if bits < 512 {
                return Err(Fault::openssl("0280007E", "Diffie-Hellman routines", "modulus too small").plain());
            }
            prime::generate(bits, true, random)
        }
        None => arguments.bytes(0).map(crate::der::trim).unwrap_or_default().to_vec(),
    };
    pair(&Key::Dh(Dh::generate(prime, generator, random).ok_or_else(failed)?), arguments, 2, random)
}

/// `RandomPrimeJob`: bits, whether safe, the step and the rest.
pub fn random_prime(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let bits = usize::try_from(arguments.number(0).unwrap_or(0)).unwrap_or(0);
    let safe = arguments.flag(1);
    let (add, rem) = (arguments.bytes(2), arguments.bytes(3));
    let small = || Fault::openssl("01800076", "bignum routines", "bits too small").plain();
    if bits < 2 || (safe && bits < 3 && add.is_none()) {
        return Err(small());
    }
    let found = match add {
        None => prime::generate(bits, safe, random),
        Some(add) => prime::in_steps(bits, safe, add, rem, random).ok_or_else(|| Fault::error("ERR_CRYPTO_OPERATION_FAILED", "no prime found"))?,
    };
    Ok(Value::ArrayBuffer(crate::number::padded(&found, bits.div_ceil(8))))
}

/// What is wrong with a job's arguments before it has begun.
pub fn check(job: &str, arguments: &Arguments) -> Result<()> {
    let cipher = match job {
        "RsaKeyPairGenJob" if arguments.number(0) == Some(VARIANT_PSS) => {
            limits(arguments)?;
            10
        }
        "RsaKeyPairGenJob" => 7,
        "EcKeyPairGenJob" => {
            curve::find(arguments.text(0).unwrap_or_default()).ok_or_else(invalid_curve)?;
            6
        }
        "DhKeyPairGenJob" => match arguments.at(0) {
            Value::Text(name) => {
                groups::find(name).ok_or_else(|| Fault::error("ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group"))?;
                5
            }
            _ => 6,
        },
        "DsaKeyPairGenJob" => 6,
        _ => 5,
    };
    match arguments.text(cipher) {
        Some(name) if encryption::find(name).is_none() => Err(Fault::error("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")),
        _ => Ok(()),
    }
}

/// `RandomPrimeJob`'s checks, before it runs: as `random_prime`.
pub fn check_prime_options(arguments: &Arguments) -> Result<()> {
    let bits = usize::try_from(arguments.number(0).unwrap_or(0)).unwrap_or(0);
    let (add, rem) = (arguments.bytes(2), arguments.bytes(3));
    if let Some(add) = add {
        if crate::number::bit_length(add) > bits {
            return Err(Fault::range_error("ERR_OUT_OF_RANGE", "invalid options.add"));
        }
        if rem.is_some_and(|rem| crate::number::compare(add, rem).is_le()) {
            return Err(Fault::range_error("ERR_OUT_OF_RANGE", "invalid options.rem"));
        }
    }
    Ok(())
}

/// `CheckPrimeJob`: candidate, rounds.
pub fn is_prime(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    const MOST: usize = 1 << 20;
    if arguments.bytes(0).is_some_and(|candidate| candidate.len() > MOST) {
        return Err(Fault::openssl("01800072", "bignum routines", "bignum too long"));
    }
    let rounds = usize::try_from(arguments.number(1).unwrap_or(0)).unwrap_or(0).min(256);
    Ok(Value::Bool(prime::check(arguments.bytes(0).unwrap_or_default(), rounds, random)))
}
