//! The source map in the words of Node's transformer: the name of the source and no more of it.

use std::fmt::Write;

use oxc_sourcemap::SourceMap;

pub fn json(map: &SourceMap, name: &str) -> String {
    let mut out = String::from(r#"{"version":3,"sources":["#);
    quote(&mut out, name);
    out.push_str(r#"],"names":[],"mappings":"#);
    quote(&mut out, &map.to_json().mappings);
    out.push('}');
    out
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            // A text cannot refuse what is written to it.
            '\0'..='\u{1f}' => drop(write!(out, "\\u{:04x}", letter as u32)),
            _ => out.push(letter),
        }
    }
    out.push('"');
}
