//! JSON Web Keys (RFC 7517, 7518, 8037).

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::curve;
use crate::fault::{Fault, Result};
use crate::key::{Ec, Key, Okp};
use crate::number::padded;
use crate::okp;
use crate::rsa::{Private, Rsa};
use crate::wire::Value;

/// `pss`: whether an RSA-PSS key may be given.
pub fn export(key: &Key, pss: bool) -> Result<Value> {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    let mut put = |name: &str, value: &str| pairs.push((name.to_owned(), Value::text(value)));
    let coded = Base64UrlUnpadded::encode_string;
    match key {
        Key::Rsa(key) if key.pss.is_none() || pss => {
            put("kty", "RSA");
            put("n", &coded(&key.n));
            put("e", &coded(&key.e));
            if let Some(Private { d, p, q, dp, dq, qi }) = &key.private {
                for (name, number) in [("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)] {
                    put(name, &coded(number));
                }
            }
        }
        Key::Ec(key) => {
            if key.curve.jwk.is_empty() {
                return Err(Fault::error("ERR_CRYPTO_JWK_UNSUPPORTED_CURVE", &format!("Unsupported JWK EC curve: {}.", key.curve.name)));
            }
            let (x, y) = key.point.get(1..).unwrap_or_default().split_at(key.curve.length);
            put("kty", "EC");
            put("x", &coded(x));
            put("y", &coded(y));
            put("crv", key.curve.jwk);
            if let Some(private) = &key.private {
                put("d", &coded(&padded(private, key.curve.length)));
            }
        }
        Key::Okp(key) if key.algorithm.name.starts_with("ml-dsa") => {
            put("kty", "AKP");
            put("alg", key.algorithm.jwk);
            if let Some(private) = &key.private {
                put("priv", &coded(private));
            }
            put("pub", &coded(&key.public));
        }
        Key::Okp(key) if !key.algorithm.is_lattice() => {
            put("crv", key.algorithm.jwk);
            if let Some(private) = &key.private {
                put("d", &coded(private));
            }
            put("x", &coded(&key.public));
            put("kty", "OKP");
        }
        _ => return Err(Fault::error("ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.")),
    }
    Ok(Value::Object(pairs))
}

/// A key of RSA or on a Weierstrass curve; `curve`: the one it must be of.
pub fn import(jwk: &Value, curve: Option<&str>) -> Result<Key> {
    let Value::Object(pairs) = jwk else { return Err(invalid("Invalid JWK data")) };
    let text = |name: &str| {
        pairs.iter().find(|(found, _)| found == name).and_then(|(_, value)| match value {
            Value::Text(text) => Some(&text[..]),
            _ => None,
        })
    };
    // As Node reads base64: leniently.
    let bytes = |name: &str| text(name).map(decode);
    match text("kty") {
        Some("RSA") => {
            let private = || {
                let [d, p, q, dp, dq, qi] = ["d", "p", "q", "dp", "dq", "qi"].map(bytes);
                Some(Private { d: d?, p: p?, q: q?, dp: dp?, dq: dq?, qi: qi? })
            };
            let (n, e) = bytes("n").zip(bytes("e")).ok_or_else(|| invalid("Invalid JWK RSA key"))?;
            if bytes("d").is_some() && private().is_none() {
                return Err(invalid("Invalid JWK RSA key"));
            }
            Ok(Key::Rsa(Rsa { n: crate::der::trim(&n).to_vec(), e: crate::der::trim(&e).to_vec(), private: private(), pss: None }))
        }
        Some("EC") => {
            let failed = || invalid("Invalid JWK EC key");
            let name = curve.or_else(|| text("crv")).unwrap_or_default();
            let curve = curve::CURVES
                .iter()
                .find(|curve| curve.jwk == name || curve.name == name)
                .ok_or_else(|| Fault::error("ERR_CRYPTO_INVALID_CURVE", "Invalid JWK EC Curve"))?;
            let (x, y) = bytes("x").zip(bytes("y")).ok_or_else(failed)?;
            let point = [&[4], &padded(&x, curve.length)[..], &padded(&y, curve.length)].concat();
            let point = curve.point(&point).ok_or_else(failed)?;
            let private = bytes("d");
            if private.as_ref().is_some_and(|private| curve.public(private).as_ref() != Some(&point)) {
                return Err(failed());
            }
            Ok(Key::Ec(Ec { curve, explicit: false, point, private }))
        }
        _ => Err(Fault::error("ERR_CRYPTO_INVALID_JWK", "Unsupported JWK Key Type.")),
    }
}

fn invalid(message: &str) -> Fault {
    Fault::type_error("ERR_CRYPTO_INVALID_JWK", message)
}

fn decode(text: &str) -> Vec<u8> {
    let text: String = text
        .chars()
        .map(|c| {
            if c == '+' {
                '-'
            } else if c == '/' {
                '_'
            } else {
                c
            }
        })
        .filter(|c| *c != '=')
        .collect();
    Base64UrlUnpadded::decode_vec(&text).unwrap_or_default()
}

/// A key that is a string of bytes, by JWK's name of its algorithm.
pub fn raw(name: &str, bytes: &[u8], private: bool) -> Option<Key> {
    let algorithm = okp::find(|known| known.jwk == name || known.name == name)?;
    let key = if private { Okp::private(algorithm, bytes)? } else { Okp::public(algorithm, bytes)? };
    Some(Key::Okp(key))
}
