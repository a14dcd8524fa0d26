//! Whether a certificate is for a host, an address or a mailbox (RFC 6125, as OpenSSL has it).

use std::net::IpAddr;

use super::{Certificate, general, name};

pub const ALWAYS_CHECK_SUBJECT: i64 = 1;
pub const NO_WILDCARDS: i64 = 2;
pub const NO_PARTIAL_WILDCARDS: i64 = 4;
pub const MULTI_LABEL_WILDCARDS: i64 = 8;
pub const SINGLE_LABEL_SUBDOMAINS: i64 = 16;
pub const NEVER_CHECK_SUBJECT: i64 = 32;

const MAILBOX: u8 = 1;
const DNS: u8 = 2;
const ADDRESS: u8 = 7;

fn alternatives(certificate: &Certificate<'_>, kind: u8) -> Vec<Vec<u8>> {
    let names = certificate.extension("2.5.29.17").map(general::list).unwrap_or_default();
    names.iter().filter(|(tag, _)| tag & 0x1f == kind).map(|(_, value)| value.to_vec()).collect()
}

fn subject(certificate: &Certificate<'_>, attribute: &str) -> Vec<String> {
    name::parts(certificate.subject).into_iter().flatten().filter(|(name, _)| name == attribute).map(|(_, value)| value).collect()
}

/// The name in the certificate that stands for the host.
pub fn host(certificate: &Certificate<'_>, host: &str, flags: i64) -> Option<String> {
    let names = alternatives(certificate, DNS);
    let none = names.is_empty();
    let mut candidates: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    if flags & NEVER_CHECK_SUBJECT == 0 && (none || flags & ALWAYS_CHECK_SUBJECT != 0) {
        candidates.extend(subject(certificate, "CN"));
    }
    candidates.into_iter().find(|pattern| matches(pattern, host, flags))
}

fn matches(pattern: &str, host: &str, flags: i64) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    // A host that begins with a dot stands for all below it.
    if host.starts_with('.') {
        let Some(head) = pattern.strip_suffix(&host) else { return false };
        return !head.is_empty() && (flags & SINGLE_LABEL_SUBDOMAINS == 0 || !head.contains('.'));
    }
    if pattern == host {
        return true;
    }
    if flags & NO_WILDCARDS != 0 {
        return false;
    }
    let Some((label, rest)) = pattern.split_once('.') else { return false };
    if label.matches('*').count() != 1 || !rest.contains('.') || label.starts_with("xn--") {
        return false;
    }
    if label != "*" && flags & NO_PARTIAL_WILDCARDS != 0 {
        return false;
    }
    let Some((before, after)) = label.split_once('*') else { return false };
    let Some(head) = host.strip_suffix(rest).and_then(|head| head.strip_suffix('.')) else { return false };
    if head.contains('.') && flags & MULTI_LABEL_WILDCARDS == 0 {
        return false;
    }
    let whole = before.is_empty() && after.is_empty();
    !head.is_empty()
        && head.len() >= before.len() + after.len()
        && head.starts_with(before)
        && head.ends_with(after)
        && (whole || !head.starts_with("xn--"))
}

/// Whether a mailbox is named: what is behind the @ in any case.
pub fn mailbox(certificate: &Certificate<'_>, mailbox: &str, flags: i64) -> bool {
    let names = alternatives(certificate, MAILBOX);
    let none = names.is_empty();
    let mut candidates: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    if flags & NEVER_CHECK_SUBJECT == 0 && (none || flags & ALWAYS_CHECK_SUBJECT != 0) {
        candidates.extend(subject(certificate, "emailAddress"));
    }
    let parted = |text: &str| text.rsplit_once('@').map(|(local, domain)| (local.to_owned(), domain.to_ascii_lowercase()));
    candidates.iter().any(|candidate| candidate == mailbox || (parted(candidate).is_some() && parted(candidate) == parted(mailbox)))
}

pub fn address(certificate: &Certificate<'_>, address: IpAddr) -> bool {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    alternatives(certificate, ADDRESS).contains(&bytes)
}
