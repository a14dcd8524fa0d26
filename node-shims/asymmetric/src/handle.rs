//! `KeyObjectHandle`: what its methods do with an asymmetric key.

use crate::curve;
use crate::fault::{Fault, Result, invalid_curve, unavailable};
use crate::input;
use crate::jwk;
use crate::key::{Ec, Key};
use crate::number::bit_length;
use crate::output;
use crate::random::Random;
use crate::rsa::Rsa;
use crate::wire::{Arguments, PRIVATE, PUBLIC, Value};

/// The kind, and a key's four. Gives the key.
pub fn init(arguments: &Arguments) -> Result<Value> {
    let key = match arguments.number(0) {
        Some(kind) if kind == i64::from(PRIVATE) => input::private(arguments, 1)?,
        _ => input::public(arguments, 1)?.public(),
    };
    Ok(output::handle(&key))
}

/// The JWK and perhaps the curve. Gives the key.
pub fn init_jwk(arguments: &Arguments) -> Result<Value> {
    Ok(output::handle(&jwk::import(arguments.at(0), arguments.text(1))?))
}

/// The curve and the point. Gives the key, or nothing.
pub fn init_ec(arguments: &Arguments) -> Result<Value> {
    let curve = curve::find(arguments.text(0).unwrap_or_default()).ok_or_else(invalid_curve)?;
    let key = curve.point(arguments.bytes(1).unwrap_or_default());
    Ok(key.map_or(Value::Undefined, |point| output::handle(&Key::Ec(Ec { curve, explicit: false, point, private: None }))))
}

/// The algorithm, the bytes and the kind. Gives the key, or nothing.
pub fn init_raw(arguments: &Arguments) -> Result<Value> {
    let private = arguments.number(2) != Some(i64::from(PUBLIC));
    let key = jwk::raw(arguments.text(0).unwrap_or_default(), arguments.bytes(1).unwrap_or_default(), private);
    Ok(key.map_or(Value::Undefined, |key| output::handle(&key)))
}

/// The key itself, which every call below has first.
fn own(arguments: &Arguments) -> Result<Key> {
    let lost = || Fault::error("ERR_CRYPTO_INVALID_STATE", "The key cannot be read");
    match arguments.at(0) {
        Value::Key(kind, bytes) => Key::read(*kind == PRIVATE, bytes).ok_or_else(lost),
        _ => Err(lost()),
    }
}

pub fn export(arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let key = own(arguments)?;
    if key.is_private() { output::private(&key, arguments, 1, random) } else { output::public(&key, arguments, 1) }
}

/// Whether an RSA-PSS key may be given comes after the object to be filled.
pub fn export_jwk(arguments: &Arguments) -> Result<Value> {
    jwk::export(&own(arguments)?, arguments.flag(2))
}

pub fn kind(arguments: &Arguments) -> Result<Value> {
    Ok(Value::text(own(arguments)?.kind()))
}

pub fn detail(arguments: &Arguments) -> Result<Value> {
    let mut pairs = Vec::new();
    let mut put = |name: &str, value: Value| pairs.push((name.to_owned(), value));
    let number = |number: usize| Value::Number(number as f64);
    match own(arguments)? {
        Key::Rsa(key) => {
            put("modulusLength", number(key.bits()));
            put("publicExponent", Value::ArrayBuffer(key.e.clone()));
            if let Rsa { pss: Some(pss), .. } = &key
                && let Some(limits) = &pss.0
            {
                put("hashAlgorithm", Value::text(&limits.hash));
                put("mgf1HashAlgorithm", Value::text(&limits.mgf));
                put("saltLength", number(limits.salt));
            }
        }
        Key::Dsa(key) => {
            put("modulusLength", number(bit_length(&key.p)));
            put("divisorLength", number(bit_length(&key.q)));
        }
        Key::Ec(key) => put("namedCurve", Value::text(key.curve.name)),
        Key::Okp(_) | Key::Dh(_) => {}
    }
    Ok(Value::Object(pairs))
}

/// Two keys, as values of the same kind.
pub fn equals(arguments: &Arguments) -> Result<Value> {
    let (one, two) = (own(arguments)?, own(&Arguments(vec![arguments.at(1).clone()]))?);
    Ok(Value::Bool(one.write() == two.write()))
}

pub fn raw_public(arguments: &Arguments) -> Result<Value> {
    match own(arguments)? {
        Key::Okp(key) => Ok(Value::Bytes(key.public)),
        Key::Ec(key) => Ok(Value::Bytes(key.point)),
        _ => Err(unavailable("The raw form of this key")),
    }
}

pub fn raw_seed(arguments: &Arguments) -> Result<Value> {
    match own(arguments)? {
        Key::Okp(key) => key.private.map(Value::Bytes).ok_or_else(|| unavailable("The seed of a public key")),
        _ => Err(unavailable("The seed of this key")),
    }
}

/// `ECKeyExportJob` and `RSAKeyExportJob`: the form (0 raw, 1 PKCS #8, 2 SPKI), the key.
pub fn export_job(arguments: &Arguments) -> Result<Value> {
    let key = own(&Arguments(vec![arguments.at(1).clone()]))?;
    Ok(Value::ArrayBuffer(match (arguments.number(0), &key) {
        (Some(1), _) => key.pkcs8(),
        (Some(2), _) => key.spki(),
        (_, Key::Okp(key)) => key.private.clone().unwrap_or_else(|| key.public.clone()),
        (_, Key::Ec(key)) => key.point.clone(),
        _ => return Err(unavailable("The raw form of this key")),
    }))
}

/// The names of the curves that there are.
pub fn curves() -> Value {
    let mut names: Vec<_> = curve::CURVES.iter().map(|curve| curve.name).collect();
    names.sort_unstable();
    Value::List(names.into_iter().map(Value::text).collect())
}
