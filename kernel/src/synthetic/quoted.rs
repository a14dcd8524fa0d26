//! Words of a line, as a shell takes them: split at blanks, with `'…'`, `"…"` and `\` to keep together what belongs together. Nothing is expanded.

/// The words, or nothing where a quote is not closed.
pub fn words(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None | Some(b'"'), b'\\') => word.get_or_insert_default().push(bytes.next()?),
            (None, b' ' | b'\t') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A line that [`words`] would take apart into these.
pub fn line(words: &[Vec<u8>]) -> Vec<u8> {
    let plain =
        |word: &Vec<u8>| !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(byte) || *byte >= 0x80);
    let quoted = |word: &Vec<u8>| {
        if plain(word) {
            word.clone()
        } else {
            [b"'".as_slice(), &word.split(|byte| *byte == b'\'').collect::<Vec<_>>().join(b"'\\''".as_slice()), b"'"].concat()
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(b" ".as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_being_a_line() {
        for list in [&["node", "-e", "console.log('a b')"][..], &["a\"b", "", "\\", "x  y", "é"], &[]] {
            let list: Vec<Vec<u8>> = list.iter().map(|word| word.as_bytes().to_vec()).collect();
            assert_eq!(words(&line(&list)), Some(list));
        }
        assert_eq!(words(b"a 'b c"), None);
        assert_eq!(words(b"  a\t\"b \\\" c\" d\\ e ''"), Some([&b"a"[..], b"b \" c", b"d e", b""].map(<[u8]>::to_vec).to_vec()));
    }
}
