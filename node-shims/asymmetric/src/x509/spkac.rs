//! SPKAC: Netscape's signed public keys, in base64.

use base64ct::{Base64, Encoding};

use super::is_signed;
use crate::der::{self, Reader};
use crate::key::Key;
use crate::pem;
use crate::wire::{Arguments, Value};

fn contents(arguments: &Arguments) -> Option<Vec<u8>> {
    let text: String = String::from_utf8_lossy(arguments.bytes(0)?).chars().filter(|c| !c.is_whitespace() && *c != '\0').collect();
    Base64::decode_vec(text.strip_prefix("SPKAC=").unwrap_or(&text)).ok()
}

/// The signed part, whole, and its reader behind the key; the key.
fn open(bytes: &[u8]) -> Option<(&[u8], &[u8], Reader<'_>, Reader<'_>)> {
    let mut outer = Reader::new(bytes).sequence()?;
    let (_, inside, signed) = outer.whole()?;
    let mut inside = Reader::new(inside);
    let (_, _, spki) = inside.whole()?;
    Some((signed, spki, inside, outer))
}

pub fn verify(arguments: &Arguments) -> Value {
    let good = || {
        let bytes = contents(arguments)?;
        let (signed, spki, _, mut outer) = open(&bytes)?;
        let mut algorithm = outer.sequence()?;
        let (oid, parameters) = (algorithm.oid()?, algorithm.rest);
        Some(is_signed(&Key::from_spki(spki)?, &oid, parameters, signed, outer.bits()?))
    };
    Value::Bool(good() == Some(true))
}

/// The key in PEM; an empty text where there is none.
pub fn public_key(arguments: &Arguments) -> Value {
    let key = || {
        let bytes = contents(arguments)?;
        let (_, spki, ..) = open(&bytes)?;
        Some(Value::Bytes(pem::encode("PUBLIC KEY", &Key::from_spki(spki)?.spki()).into_bytes()))
    };
    key().unwrap_or_else(|| Value::text(""))
}

pub fn challenge(arguments: &Arguments) -> Value {
    const IA5: u8 = 0x16;
    let challenge = || {
        let bytes = contents(arguments)?;
        let (_, _, mut inside, _) = open(&bytes)?;
        let (tag, text) = inside.any()?;
        (tag == IA5 || tag == der::OCTET_STRING).then(|| Value::Bytes(text.to_vec()))
    };
    challenge().unwrap_or_else(|| Value::text(""))
}
