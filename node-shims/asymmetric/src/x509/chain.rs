//! A peer's certificates, held against those that are trusted.

use super::Certificate;
use crate::der::{self, Reader};
use crate::wire::{Arguments, Value};

/// Longer chains are none.
const MOST: usize = 100;

/// The peer's chain (DER, its own first), the trusted ones, revocation lists, the time in milliseconds. Gives the code of what is wrong (OpenSSL's name of
/// it) or `null`, and the chain that was found, as DER.
pub fn verify(arguments: &Arguments) -> Value {
    let list = |at: usize| match arguments.at(at) {
        Value::List(values) => values.iter().filter_map(|value| if let Value::Bytes(bytes) = value { Some(&bytes[..]) } else { None }).collect(),
        _ => Vec::new(),
    };
    let given: Vec<Certificate<'_>> = list(0).into_iter().filter_map(Certificate::read).collect();
    let trusted: Vec<Certificate<'_>> = list(1).into_iter().filter_map(Certificate::read).collect();
    let revoked = list(2);
    let now = arguments.number(3).unwrap_or(0) / 1000;
    let Some(leaf) = given.first() else {
        return Value::List(vec![Value::text("UNABLE_TO_GET_ISSUER_CERT"), Value::List(Vec::new())]);
    };
    let mut chain = vec![leaf];
    let mut error = None;
    while let Some(&last) = chain.last() {
        if is_one_of(last, &trusted) {
            break;
        }
        let fits = |issuer: &&Certificate<'_>| issuer.may_issue(last) && issuer.key().is_some_and(|key| last.is_signed_by(&key));
        if let Some(issuer) = trusted.iter().find(fits) {
            chain.push(issuer);
            break;
        }
        if last.is_self_issued() {
            error = Some(if chain.len() == 1 { "DEPTH_ZERO_SELF_SIGNED_CERT" } else { "SELF_SIGNED_CERT_IN_CHAIN" });
            break;
        }
        match given.iter().find(fits) {
            Some(issuer) if chain.len() < MOST => chain.push(issuer),
            _ => {
                error = Some(if chain.len() == 1 { "UNABLE_TO_VERIFY_LEAF_SIGNATURE" } else { "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" });
                break;
            }
        }
    }
    if !revoked.is_empty() && error.is_none() {
        error = chain.first().and_then(|leaf| revocation(leaf, &chain, &revoked, now));
    }
    // The last to be found is the one that is told, and the peer's own is looked at last.
    for certificate in chain.iter().rev() {
        if now < certificate.from {
            error = Some("CERT_NOT_YET_VALID");
        } else if now > certificate.to {
            error = Some("CERT_HAS_EXPIRED");
        }
    }
    // Whoever is trusted for what it signed may itself be signed by another that is trusted: the chain is told as far as it goes.
    while let Some(last) = chain.last().copied().filter(|last| !last.is_self_issued() && chain.len() < MOST) {
        let Some(issuer) = trusted.iter().chain(&given).find(|issuer| issuer.may_issue(last) && !std::ptr::eq(*issuer, last)) else { break };
        chain.push(issuer);
    }
    let chain = chain.iter().map(|certificate| Value::Bytes(certificate.raw.to_vec())).collect();
    Value::List(vec![error.map_or(Value::Null, Value::text), Value::List(chain)])
}

fn is_one_of(certificate: &Certificate<'_>, list: &[Certificate<'_>]) -> bool {
    list.iter().any(|known| known.raw == certificate.raw)
}

/// What the revocation lists say of a certificate.
fn revocation(leaf: &Certificate<'_>, chain: &[&Certificate<'_>], lists: &[&[u8]], now: i64) -> Option<&'static str> {
    for list in lists {
        let Some(found) = read(list, leaf, chain) else { continue };
        let (revoked, next) = found;
        if revoked {
            return Some("CERT_REVOKED");
        }
        return next.is_some_and(|next| next < now).then_some("CRL_HAS_EXPIRED");
    }
    Some("UNABLE_TO_GET_CRL")
}

/// Whether a list (RFC 5280, 5.1) of the certificate's issuer names it, and when the next list is due.
fn read(list: &[u8], leaf: &Certificate<'_>, chain: &[&Certificate<'_>]) -> Option<(bool, Option<i64>)> {
    let mut outer = Reader::new(list).sequence()?;
    let (_, inside, signed) = outer.whole()?;
    let mut algorithm = outer.sequence()?;
    let (oid, parameters) = (algorithm.oid()?, algorithm.rest);
    let signature = outer.bits()?;
    let mut fields = Reader::new(inside);
    fields.maybe(der::INTEGER);
    fields.sequence()?;
    let (_, _, issuer) = fields.whole()?;
    if issuer != leaf.issuer {
        return None;
    }
    let signer = chain.iter().find(|certificate| certificate.subject == issuer)?;
    if !super::is_signed(&signer.key()?, &oid, parameters, signed, signature) {
        return None;
    }
    fields.any()?;
    let is_time = matches!(fields.peek(), Some(0x17 | 0x18));
    let next = if is_time { super::time::read(fields.any()?) } else { None };
    let mut revoked = false;
    if let Some(mut entries) = fields.sequence() {
        while let Some(mut entry) = entries.sequence() {
            revoked |= entry.expect(der::INTEGER)? == leaf.serial;
        }
    }
    Some((revoked, next))
}
