//! Signatures: made and verified.

use rand_core::Rng;

use crate::der::{self, Reader};
use crate::digest::{self, Algorithm};
use crate::fault::{Fault, Result, invalid_digest, too_large_for_key, unsupported_for_key_type};
use crate::input;
use crate::key::Key;
use crate::padding;
use crate::random::Random;
use crate::rsa::Rsa;
use crate::wire::{Arguments, Value};

pub const PKCS1: i64 = 1;
pub const NONE: i64 = 3;
pub const PSS: i64 = 6;
const SALT_DIGEST: i64 = -1;
const P1363: i64 = 1;

/// How to sign: what programs may choose.
struct How<'a> {
    hash: Algorithm,
    padding: Option<i64>,
    salt: Option<i64>,
    p1363: bool,
    context: &'a [u8],
}

/// `Sign.prototype.sign`: digest, hash, a private key's four, padding, salt, encoding.
pub fn sign(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let (hash, hashed) = hashed(arguments)?;
    let key = input::private(arguments, 2)?;
    streams(&key)?;
    let how = how(arguments, hash, 6, 7, 8);
    Ok(Value::Bytes(make(&key, hashed, &how, random)?))
}

/// `Verify.prototype.verify`: digest, hash, a public key's four, signature, padding, salt, encoding.
pub fn verify(arguments: &Arguments) -> Result<Value> {
    let (hash, hashed) = hashed(arguments)?;
    let key = input::public(arguments, 2)?;
    streams(&key)?;
    let how = how(arguments, hash, 7, 8, 9);
    Ok(Value::Bool(check(&key, hashed, arguments.bytes(6).unwrap_or_default(), &how)?))
}

fn hashed(arguments: &Arguments) -> Result<(Algorithm, &[u8])> {
    let name = arguments.text(0).unwrap_or_default();
    let hash = digest::find(name).ok_or_else(|| Fault::type_error("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest"))?;
    Ok((hash, arguments.bytes(1).unwrap_or_default()))
}

fn how(arguments: &Arguments, hash: Algorithm, padding: usize, salt: usize, encoding: usize) -> How<'_> {
    let p1363 = arguments.number(encoding) == Some(P1363);
    How { hash, padding: arguments.number(padding), salt: arguments.number(salt), p1363, context: &[] }
}

/// `SignJob`: mode, a key's four, data, digest, salt, padding, encoding, context, signature.
pub fn job(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    const SIGN: i64 = 0;
    let signing = arguments.number(0) == Some(SIGN);
    let key = if signing { input::private(arguments, 1)? } else { input::public(arguments, 1)? };
    let data = arguments.bytes(5).unwrap_or_default();
    let name = arguments.text(6);
    let context = arguments.bytes(10).unwrap_or_default();
    let signature = arguments.bytes(11).unwrap_or_default();
    if let Key::Okp(key) = &key {
        if !key.algorithm.signs() {
            return Err(unsupported_for_key_type());
        }
        if name.is_some() {
            return Err(Fault::openssl("1C80007A", "Provider routines", "invalid digest"));
        }
        if !context.is_empty() && key.algorithm.name == "ed25519" {
            return Err(Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Context parameter is unsupported"));
        }
        if context.len() > 255 {
            return Err(Fault::range_error("ERR_OUT_OF_RANGE", "context string must be at most 255 bytes"));
        }
        let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Signing failed");
        return Ok(if signing {
            let private = key.private.as_ref().ok_or_else(failed)?;
            Value::ArrayBuffer(key.algorithm.sign(private, data, context).ok_or_else(failed)?)
        } else {
            Value::Bool(key.algorithm.verify(&key.public, data, signature, context))
        });
    }
    let hash = digest::find(name.unwrap_or("sha256")).ok_or_else(|| invalid_digest(name.unwrap_or_default()))?;
    let how = How { context, ..how(arguments, hash, 8, 7, 9) };
    if !how.context.is_empty() {
        return Err(Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Context parameter is unsupported"));
    }
    let hashed = hash.hash(&[data]);
    Ok(if signing { Value::ArrayBuffer(make(&key, &hashed, &how, random)?) } else { Value::Bool(check(&key, &hashed, signature, &how)?) })
}

/// A digest's name: whether there is one.
pub fn check_digest(arguments: &Arguments) -> Result<Value> {
    match digest::find(arguments.text(0).unwrap_or_default()) {
        Some(_) => Ok(Value::Undefined),
        None => Err(Fault::type_error("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest")),
    }
}

/// A job's key and digest.
pub fn check_job(arguments: &Arguments) -> Result<()> {
    const SIGN: i64 = 0;
    if arguments.number(0) == Some(SIGN) {
        input::private(arguments, 1)?
    } else {
        input::public(arguments, 1)?
    };
    match arguments.text(6) {
        Some(name) if digest::find(name).is_none() => Err(invalid_digest(name)),
        _ => Ok(()),
    }
}

/// What signs a whole message cannot sign a hash.
fn streams(key: &Key) -> Result<()> {
    match key {
        Key::Okp(key) if key.algorithm.signs() => Err(Fault::error("ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported crypto operation")),
        _ => Ok(()),
    }
}

fn make(key: &Key, hashed: &[u8], how: &How<'_>, random: &mut Random) -> Result<Vec<u8>> {
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Signing failed");
    let (r, s) = match key {
        Key::Rsa(key) => return rsa_sign(key, hashed, how, random),
        Key::Ec(key) => key.curve.sign(key.private.as_ref().ok_or_else(failed)?, hashed, random).ok_or_else(failed)?,
        Key::Dsa(key) => key.sign(hashed, random).ok_or_else(failed)?,
        _ => return Err(unsupported_for_key_type()),
    };
    Ok(if how.p1363 { [r, s].concat() } else { der::sequence(&[der::uint(&r), der::uint(&s)]) })
}

fn check(key: &Key, hashed: &[u8], signature: &[u8], how: &How<'_>) -> Result<bool> {
    let length = match key {
        Key::Rsa(key) => return rsa_verify(key, hashed, signature, how),
        Key::Ec(key) => key.curve.length,
        Key::Dsa(key) => key.q.len(),
        _ => return Err(unsupported_for_key_type()),
    };
    let parts = || {
        if how.p1363 {
            return (signature.len() == 2 * length).then(|| signature.split_at(length));
        }
        let mut outer = Reader::new(signature);
        let mut inside = outer.sequence()?;
        let parts = (inside.uint()?, inside.uint()?);
        (inside.is_empty() && outer.is_empty()).then_some(parts)
    };
    let Some((r, s)) = parts() else { return Ok(false) };
    Ok(match key {
        Key::Ec(key) => key.curve.verify(&key.point, hashed, r, s),
        Key::Dsa(key) => key.verify(hashed, r, s),
        _ => false,
    })
}

fn bad_mode() -> Fault {
    Fault::openssl("1C8000A5", "Provider routines", "illegal or unsupported padding mode")
}

/// The padding, and for PSS the digest of MGF1 and the least salt.
fn mode(key: &Rsa, how: &How<'_>) -> Result<(i64, Algorithm, usize)> {
    let Some(pss) = &key.pss else {
        let mode = how.padding.unwrap_or(PKCS1);
        return match mode {
            PKCS1 | PSS => Ok((mode, how.hash, 0)),
            NONE => Err(Fault::openssl("1C8000A8", "Provider routines", "invalid padding mode")),
            _ => Err(bad_mode()),
        };
    };
    if how.padding.is_some_and(|padding| padding != PSS) {
        return Err(bad_mode());
    }
    let Some(limits) = &pss.0 else { return Ok((PSS, how.hash, 0)) };
    if limits.hash != how.hash.name {
        return Err(Fault::openssl("1C8000AE", "Provider routines", "digest not allowed"));
    }
    Ok((PSS, digest::find(&limits.mgf).unwrap_or(how.hash), limits.salt))
}

fn rsa_sign(key: &Rsa, hashed: &[u8], how: &How<'_>, random: &mut Random) -> Result<Vec<u8>> {
    let (mode, mgf, least) = mode(key, how)?;
    let block = if mode == PSS {
        let bits = key.bits().saturating_sub(1);
        let most = (bits.div_ceil(8)).checked_sub(how.hash.length + 2).ok_or_else(too_large_for_key)?;
        let salt = match how.salt {
            None if key.pss.as_ref().is_some_and(|pss| pss.0.is_some()) => least,
            None => most,
            Some(SALT_DIGEST) => how.hash.length,
            Some(length) => usize::try_from(length).unwrap_or(most),
        };
        if salt < least {
            return Err(Fault::openssl("1C8000AC", "Provider routines", "pss saltlen too small"));
        }
        if salt > most {
            return Err(too_large_for_key());
        }
        let mut bytes = vec![0; salt];
        random.fill_bytes(&mut bytes);
        padding::pss_encode(hashed, bits, how.hash, mgf, &bytes).ok_or_else(too_large_for_key)?
    } else {
        let small = || Fault::openssl("02000070", "rsa routines", "digest too big for rsa key");
        padding::pkcs1_sign(&how.hash.info(hashed), key.length()).ok_or_else(small)?
    };
    key.private_operation(&block, random)
}

fn rsa_verify(key: &Rsa, hashed: &[u8], signature: &[u8], how: &How<'_>) -> Result<bool> {
    let (mode, mgf, least) = mode(key, how)?;
    let salt = match how.salt {
        Some(SALT_DIGEST) => Some(how.hash.length),
        Some(length) => usize::try_from(length).ok(),
        None => None,
    };
    if salt.is_some_and(|salt| salt < least) {
        return Err(Fault::openssl("1C8000AC", "Provider routines", "pss saltlen too small"));
    }
    if signature.len() != key.length() {
        return Ok(false);
    }
    let Ok(block) = key.public_operation(signature) else { return Ok(false) };
    Ok(if mode == PSS {
        padding::pss_verify(hashed, &block, key.bits().saturating_sub(1), how.hash, mgf, salt)
    } else {
        padding::pkcs1_recover(&block) == Some(&how.hash.info(hashed))
    })
}

/// A signature over data with a digest, as certificates have them.
pub fn verify_plain(key: &Key, hash: Algorithm, data: &[u8], signature: &[u8], pss: Option<i64>) -> bool {
    let how = How { hash, padding: pss.map(|_| PSS), salt: pss, p1363: false, context: &[] };
    match key {
        Key::Okp(key) => key.algorithm.verify(&key.public, data, signature, &[]),
        _ => check(key, &hash.hash(&[data]), signature, &how).unwrap_or(false),
    }
}
