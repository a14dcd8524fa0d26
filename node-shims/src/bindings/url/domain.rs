//! Internationalised domain names as the URL standard wants them: no hyphen or length checks, non-transitional.

use idna::uts46::{AsciiDenyList, DnsLength, ErrorPolicy, Hyphens, Uts46};

/// The ASCII form of `domain`, or `None` when it has none. Which ASCII characters may stand in a host is not judged here.
pub fn to_ascii(domain: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore).ok()?;
    (!ascii.is_empty()).then(|| ascii.into_owned())
}

/// The Unicode form of `domain`; labels that cannot be decoded stay as they are.
pub fn to_unicode(domain: &str) -> String {
    if !domain.split('.').any(|label| label.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("xn--"))) {
        return domain.to_owned();
    }
    let keep = |_: &[char], _: &[char], _: bool| true;
    let mut out = String::new();
    let processed =
        Uts46::new().process(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, ErrorPolicy::MarkErrors, keep, &mut out, None);
    match processed {
        Ok(idna::uts46::ProcessingSuccess::Passthrough) => domain.to_owned(),
        Ok(idna::uts46::ProcessingSuccess::WroteToSink) => out,
        Err(_) => String::new(),
    }
}
