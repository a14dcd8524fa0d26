//! `X509Certificate`'s handle. The state is the certificate's DER.

use super::{Certificate, general, identity, name, signature_name, time};
use crate::agreement::Method;
use crate::der::{Reader, trim};
use crate::digest;
use crate::fault::{Fault, Result};
use crate::key::Key;
use crate::number::bit_length;
use crate::output;
use crate::pem;
use crate::wire::{Arguments, PRIVATE, Value};

/// PEM or DER. Gives the certificate's DER.
pub fn parse(arguments: &Arguments) -> Result<Vec<u8>> {
    let bytes = arguments.bytes(0).unwrap_or_default();
    if let Some(certificate) = Certificate::read(bytes) {
        return Ok(certificate.raw.to_vec());
    }
    let block = pem::blocks(bytes).into_iter().find(|block| block.label.ends_with("CERTIFICATE"));
    let none = || Fault::openssl("0480006C", "PEM routines", "no start line");
    let block = block.ok_or_else(none)?;
    let wrong = || Fault::openssl("0688010A", "asn1 encoding routines", "nested asn1 error");
    Ok(Certificate::read(&block.contents).ok_or_else(wrong)?.raw.to_vec())
}

fn open(state: &[u8]) -> Result<Certificate<'_>> {
    Certificate::read(state).ok_or_else(|| Fault::error("ERR_CRYPTO_INVALID_STATE", "The certificate cannot be read"))
}

fn fingerprint(state: &[u8], hash: &str) -> Value {
    let bytes = digest::find(hash).map(|hash| hash.hash(&[state])).unwrap_or_default();
    Value::Text(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn serial(certificate: &Certificate<'_>) -> Value {
    let digits = hex(trim(certificate.serial));
    Value::Text(if digits.is_empty() { "0".to_owned() } else { digits })
}

fn usage(certificate: &Certificate<'_>) -> Value {
    let Some(mut list) = certificate.extension("2.5.29.37").and_then(|extension| Reader::new(extension).sequence()) else {
        return Value::Undefined;
    };
    let mut usages = Vec::new();
    while let Some(oid) = list.oid() {
        usages.push(Value::Text(oid));
    }
    Value::List(usages)
}

fn alternatives(certificate: &Certificate<'_>) -> Value {
    certificate.extension("2.5.29.17").map_or(Value::Undefined, |extension| Value::Text(general::alternatives(extension)))
}

fn access(certificate: &Certificate<'_>) -> Value {
    certificate.extension("1.3.6.1.5.5.7.1.1").map_or(Value::Undefined, |extension| Value::Text(general::access(extension)))
}

/// What `getPeerCertificate()` gives, before the library has translated it.
pub fn legacy(certificate: &Certificate<'_>) -> Value {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    let mut put = |name: &str, value: Value| {
        pairs.push((name.to_owned(), value));
    };
    put("subject", name::object(certificate.subject));
    put("issuer", name::object(certificate.issuer));
    put("subjectaltname", alternatives(certificate));
    put("infoAccess", access(certificate));
    put("ca", Value::Bool(certificate.is_authority()));
    let (mut modulus, mut exponent, mut bits, mut key, mut asn1, mut nist) =
        (Value::Undefined, Value::Undefined, Value::Undefined, Value::Undefined, Value::Undefined, Value::Undefined);
    match certificate.key() {
        Some(Key::Rsa(rsa)) => {
            modulus = Value::Text(hex(&rsa.n));
            let digits: String = rsa.e.iter().map(|byte| format!("{byte:02x}")).collect();
            exponent = Value::Text(format!("0x{}", digits.trim_start_matches('0')));
            bits = Value::Number(rsa.bits() as f64);
            key = Value::Bytes(certificate.spki.to_vec());
        }
        Some(Key::Ec(ec)) => {
            bits = Value::Number(bit_length(&ec.curve.order()) as f64);
            key = Value::Bytes(ec.point);
            asn1 = Value::text(ec.curve.name);
            nist = if ec.curve.nist.is_empty() { Value::Undefined } else { Value::text(ec.curve.nist) };
        }
        _ => {}
    }
    put("modulus", modulus);
    put("exponent", exponent);
    put("pubkey", key);
    put("bits", bits);
    put("valid_from", Value::Text(time::print(certificate.from)));
    put("valid_to", Value::Text(time::print(certificate.to)));
    put("fingerprint", fingerprint(certificate.raw, "sha1"));
    put("fingerprint256", fingerprint(certificate.raw, "sha256"));
    put("fingerprint512", fingerprint(certificate.raw, "sha512"));
    put("ext_key_usage", usage(certificate));
    put("serialNumber", serial(certificate));
    put("raw", Value::Bytes(certificate.raw.to_vec()));
    put("asn1Curve", asn1);
    put("nistCurve", nist);
    Value::Object(pairs)
}

fn invalid(what: &str) -> Fault {
    Fault::type_error("ERR_INVALID_ARG_VALUE", &format!("Invalid {what}"))
}

fn text<'a>(arguments: &'a Arguments, what: &str) -> Result<&'a str> {
    arguments.text(0).filter(|text| !text.contains('\0')).ok_or_else(|| invalid(what))
}

fn key_of(value: &Value) -> Option<Key> {
    match value {
        Value::Key(kind, bytes) => Key::read(*kind == PRIVATE, bytes),
        _ => None,
    }
}

/// A method that leaves the certificate as it is.
macro_rules! method {
    ($name:literal, |$certificate:ident, $arguments:ident| $result:expr) => {
        ($name, |state, $arguments, _| {
            let $certificate = open(state)?;
            let _ = ($arguments, &$certificate);
            Ok((state.to_vec(), $result))
        })
    };
}

pub const METHODS: [(&str, Method); 27] = [
    method!("subject", |certificate, a| Value::Text(name::lines(certificate.subject))),
    method!("issuer", |certificate, a| Value::Text(name::lines(certificate.issuer))),
    method!("subjectAltName", |certificate, a| alternatives(&certificate)),
    method!("infoAccess", |certificate, a| access(&certificate)),
    method!("validFrom", |certificate, a| Value::Text(time::print(certificate.from))),
    method!("validTo", |certificate, a| Value::Text(time::print(certificate.to))),
    method!("validFromDate", |certificate, a| Value::Date(certificate.from as f64 * 1000.0)),
    method!("validToDate", |certificate, a| Value::Date(certificate.to as f64 * 1000.0)),
    method!("fingerprint", |certificate, a| fingerprint(certificate.raw, "sha1")),
    method!("fingerprint256", |certificate, a| fingerprint(certificate.raw, "sha256")),
    method!("fingerprint512", |certificate, a| fingerprint(certificate.raw, "sha512")),
    method!("keyUsage", |certificate, a| usage(&certificate)),
    method!("serialNumber", |certificate, a| serial(&certificate)),
    method!("signatureAlgorithm", |certificate, a| signature_name(&certificate.algorithm).map_or(Value::Undefined, Value::text)),
    method!("signatureAlgorithmOid", |certificate, a| Value::Text(certificate.algorithm.clone())),
    method!("raw", |certificate, a| Value::Bytes(certificate.raw.to_vec())),
    method!("pem", |certificate, a| Value::Text(pem::encode("CERTIFICATE", certificate.raw))),
    method!("publicKey", |certificate, a| {
        let failed = || Fault::openssl("0580007F", "x509 certificate routines", "public key decode error");
        output::handle(&certificate.key().ok_or_else(failed)?)
    }),
    method!("checkCA", |certificate, a| Value::Bool(certificate.is_authority())),
    method!("checkHost", |certificate, arguments| {
        let host = identity::host(&certificate, text(arguments, "name")?, arguments.number(1).unwrap_or(0));
        host.map_or(Value::Undefined, Value::Text)
    }),
    method!("checkEmail", |certificate, arguments| {
        let mailbox = text(arguments, "name")?;
        if identity::mailbox(&certificate, mailbox, arguments.number(1).unwrap_or(0)) { Value::text(mailbox) } else { Value::Undefined }
    }),
    method!("checkIP", |certificate, arguments| {
        let address = text(arguments, "IP")?;
        let parsed = address.parse().map_err(|_| invalid("IP"))?;
        if identity::address(&certificate, parsed) { Value::text(address) } else { Value::Undefined }
    }),
    method!("checkIssued", |certificate, arguments| {
        let issuer = arguments.bytes(0).and_then(Certificate::read);
        Value::Bool(issuer.is_some_and(|issuer| issuer.may_issue(&certificate)))
    }),
    method!("checkPrivateKey", |certificate, arguments| {
        let key = key_of(arguments.at(0)).map(|key| key.spki());
        Value::Bool(key.is_some() && key == certificate.key().map(|key| key.spki()))
    }),
    method!("toLegacy", |certificate, a| legacy(&certificate)),
    method!("getIssuerCert", |certificate, a| Value::Undefined),
    method!("verify", |certificate, arguments| { Value::Bool(key_of(arguments.at(0)).is_some_and(|key| certificate.is_signed_by(&key))) }),
];
