//! A source as a tree.

use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, Statement};
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::Parser;
use oxc_span::{SourceType, Span};

use crate::fault::{Fault, Kind};
use crate::{message, source};

/// Parses `source` as a module or, where it is none, as a script: what it will be is not known here.
///
/// # Errors
/// What is wrong with it, of the two that which gets further.
pub fn parse<'a>(allocator: &'a Allocator, source: &'a str) -> Result<Program<'a>, Fault> {
    let kind = SourceType::ts();
    let first = Parser::new(allocator, source, kind).parse();
    if !first.panicked && first.errors.is_empty() {
        return Ok(first.program);
    }
    let mut errors = first.errors;
    if !first.program.body.iter().any(Statement::is_module_declaration) {
        let second = Parser::new(allocator, source, kind.with_script(true)).parse();
        if !second.panicked && second.errors.is_empty() {
            return Ok(second.program);
        }
        if start(&second.errors) >= start(&errors) {
            errors = second.errors;
        }
    }
    let error = errors.into_iter().next();
    let place = error.as_ref().map_or_else(|| Span::empty(end(source)), |error| place(error, source));
    let message = error.map_or_else(|| "Unexpected eof".into(), |error| message::of(&error, source, place));
    Err(Fault::new(Kind::Invalid, message, source, marked(source, place)))
}

/// An error between two tokens is shown at the second.
fn marked(source: &str, place: Span) -> Span {
    if !place.is_empty() {
        return place;
    }
    let rest = source.get(place.start as usize..).unwrap_or_default();
    let token = rest.trim_start();
    let start = place.start + (rest.len() - token.len()) as u32;
    let length = token.find(|letter| !source::is_word(letter)).unwrap_or(token.len()).max(token.chars().next().map_or(0, char::len_utf8));
    Span::new(start, start + length as u32)
}

fn start(errors: &[OxcDiagnostic]) -> usize {
    errors.first().and_then(|error| error.labels.as_ref()?.first().map(|label| label.offset())).unwrap_or(0)
}

pub fn place(error: &OxcDiagnostic, source: &str) -> Span {
    let label = error.labels.as_ref().and_then(|labels| labels.first());
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX).min(end(source));
    label.map_or(Span::empty(0), |label| Span::new(at(label.offset()), at(label.offset().saturating_add(label.len()))))
}

fn end(source: &str) -> u32 {
    u32::try_from(source.len()).unwrap_or(u32::MAX)
}
