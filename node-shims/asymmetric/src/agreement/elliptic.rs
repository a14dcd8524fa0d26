//! `ECDH`. The state: the curve's name, private key, public key.

use super::{Method, pack, unpack};
use crate::curve::{self, Curve};
use crate::fault::{Fault, Result, invalid_curve};
use crate::number::{compare, padded};
use crate::wire::{Arguments, Value};

const COMPRESSED: i64 = 2;
const HYBRID: i64 = 6;

pub fn ecdh_new(arguments: &Arguments) -> Result<(Vec<u8>, Value)> {
    let curve = curve::find(arguments.text(0).unwrap_or_default()).ok_or_else(invalid_curve)?;
    Ok((pack(&[curve.name.as_bytes()]), Value::Undefined))
}

/// `ECDH.convertKey`: a point, its curve, the form.
pub fn convert(arguments: &Arguments) -> Result<Value> {
    let point = arguments.bytes(0).unwrap_or_default();
    let curve = curve::find(arguments.text(1).unwrap_or_default()).ok_or_else(invalid_curve)?;
    // The point at infinity is itself in every form; nothing is nothing.
    if point.is_empty() || point == [0] {
        return Ok(Value::Bytes(point.to_vec()));
    }
    let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Failed to convert Buffer to EC_POINT");
    Ok(Value::Bytes(form(curve, point, arguments.number(2)).ok_or_else(failed)?))
}

fn form(curve: &Curve, point: &[u8], form: Option<i64>) -> Option<Vec<u8>> {
    let mut encoded = curve.encode(point, form == Some(COMPRESSED))?;
    if form == Some(HYBRID) {
        let odd = encoded.last()? & 1;
        *encoded.first_mut()? = 6 | odd;
    }
    Some(encoded)
}

fn open(state: &[u8]) -> Result<(&'static Curve, Vec<u8>, Vec<u8>)> {
    let [name, private, public] = unpack(state);
    let curve = curve::find(&String::from_utf8_lossy(&name)).ok_or_else(invalid_curve)?;
    Ok((curve, private, public))
}

fn failed(what: &str) -> Fault {
    Fault::error("ERR_CRYPTO_OPERATION_FAILED", what)
}

pub const ECDH_METHODS: [(&str, Method); 6] = [
    ("generateKeys", |state, _, random| {
        let (curve, _, _) = open(state)?;
        let private = curve.generate(random);
        let public = curve.public(&private).ok_or_else(|| failed("Failed to generate key"))?;
        Ok((pack(&[curve.name.as_bytes(), &private, &public]), Value::Undefined))
    }),
    ("computeSecret", |state, arguments, _| {
        let (curve, private, public) = open(state)?;
        if private.is_empty() || curve.public(&private).as_ref() != Some(&public) {
            return Err(Fault::error("ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair"));
        }
        let theirs = arguments.bytes(0).unwrap_or_default();
        if theirs == [0] {
            return Err(failed("Failed to compute ECDH key"));
        }
        let Some(theirs) = curve.point(theirs) else {
            // A text is how Node says that the key is none.
            return Ok((state.to_vec(), Value::text("ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY")));
        };
        let secret = curve.agree(&private, &theirs).ok_or_else(|| failed("Failed to compute ECDH key"))?;
        Ok((state.to_vec(), Value::Bytes(secret)))
    }),
    ("getPublicKey", |state, arguments, _| {
        let (curve, _, public) = open(state)?;
        if public.is_empty() {
            return Err(failed("Failed to get ECDH public key"));
        }
        if public == [0] {
            return Ok((state.to_vec(), Value::Bytes(public)));
        }
        let public = form(curve, &public, arguments.number(0)).ok_or_else(|| failed("Failed to get public key"))?;
        Ok((state.to_vec(), Value::Bytes(public)))
    }),
    ("getPrivateKey", |state, _, _| {
        let (_, private, _) = open(state)?;
        if private.is_empty() {
            return Err(failed("Failed to get ECDH private key"));
        }
        Ok((state.to_vec(), Value::Bytes(private)))
    }),
    ("setPrivateKey", |state, arguments, _| {
        let (curve, _, _) = open(state)?;
        let private = crate::der::trim(arguments.bytes(0).unwrap_or_default());
        let invalid = || Fault::range_error("ERR_CRYPTO_INVALID_KEYTYPE", "Private key is not valid for specified curve.");
        if private.is_empty() || compare(private, &curve.order()).is_ge() {
            return Err(invalid());
        }
        let private = padded(private, curve.length);
        let public = curve.public(&private).ok_or_else(invalid)?;
        Ok((pack(&[curve.name.as_bytes(), &private, &public]), Value::Undefined))
    }),
    ("setPublicKey", |state, arguments, _| {
        let (curve, private, _) = open(state)?;
        let point = arguments.bytes(0).unwrap_or_default();
        if point == [0] {
            return Ok((pack(&[curve.name.as_bytes(), &private, point]), Value::Undefined));
        }
        let public = curve.point(point).ok_or_else(|| failed("Failed to convert Buffer to EC_POINT"))?;
        Ok((pack(&[curve.name.as_bytes(), &private, &public]), Value::Undefined))
    }),
];
