//! Names of headers.

/// The name in lower case, or nothing where it is no token (RFC 9110, 5.6.2).
///
/// `http::HeaderName` knows the common names by heart, which is 17 kB of the kernel for what is compared here with a few.
pub fn name(bytes: &[u8]) -> Option<String> {
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if bytes.is_empty() || !bytes.iter().all(sound) {
        return None;
    }
    String::from_utf8(bytes.to_ascii_lowercase()).ok()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn as_the_library_says() {
        for byte in 0..=255u8 {
            for bytes in [vec![byte], vec![b'X', byte, b'y']] {
                let wanted = http::HeaderName::from_bytes(&bytes).ok().map(|name| name.as_str().to_owned());
                assert_eq!(name(&bytes), wanted, "{bytes:?}");
            }
        }
        assert_eq!(name(b""), None);
    }
}
