//! Types blanked: what is left is JavaScript in the same lines and columns.

mod class;
mod eraser;
mod function;
mod semicolon;

use oxc_allocator::Allocator;
use oxc_ast_visit::Visit;

use crate::fault::Fault;
use crate::source::{self, Source};
use crate::{modules, parse};
use eraser::Eraser;

/// `source` without types. A semicolon or a parenthesis stands in the place of a type where its absence would change what follows.
///
/// # Errors
/// What is wrong with the source, or cannot be blanked.
pub fn strip(source: &str) -> Result<String, Fault> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let allocator = Allocator::default();
    let program = parse::parse(&allocator, source)?;
    let text = Source::new(source, &program.comments);
    if let Some(fault) = modules::refused(&program.body, &text) {
        return Err(fault);
    }
    let mut eraser = Eraser::new(&text);
    eraser.visit_program(&program);
    let Eraser { blanks, puts, fault, .. } = eraser;
    if let Some(fault) = fault {
        return Err(fault);
    }
    let mut bytes = source.as_bytes().to_vec();
    for span in blanks {
        let Some(text) = source.get(span.start as usize..span.end as usize) else { continue };
        for (at, letter) in text.char_indices().filter(|(_, letter)| !source::is_space(*letter)) {
            let start = span.start as usize + at;
            if let Some(place) = bytes.get_mut(start..start + letter.len_utf8()) {
                place.copy_from_slice(blank(letter));
            }
        }
    }
    for (at, byte) in puts {
        if let Some(place) = bytes.get_mut(at as usize) {
            *place = byte;
        }
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// A space as long as the letter in UTF-8; there is none of four bytes.
fn blank(letter: char) -> &'static [u8] {
    match letter.len_utf8() {
        1 => b" ",
        2 => "\u{a0}".as_bytes(),
        3 => "\u{2002}".as_bytes(),
        _ => " \u{feff}".as_bytes(),
    }
}
