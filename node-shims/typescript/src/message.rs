//! What is wrong, in the words that Node's own parser has for the commonest.

use oxc_diagnostics::OxcDiagnostic;
use oxc_span::Span;

/// The message for an error at `place`.
pub fn of(error: &OxcDiagnostic, source: &str, place: Span) -> String {
    let at_end = source.get(place.start as usize..).is_none_or(|rest| rest.trim_start().is_empty());
    let message = &*error.message;
    match message {
        "Unexpected token" if at_end => "Unexpected eof",
        "Unexpected token" => "Expression expected",
        "Unterminated string" => "Unterminated string constant",
        "A 'return' statement can only be used within a function body." => "Return statement is not allowed here",
        "Line terminator not permitted before arrow" => "Unexpected line break between arrow head and arrow",
        _ if message.starts_with("Expected a semicolon or an implicit semicolon") => "Expected ';', '}' or <eof>",
        _ => {
            let Some((wanted, found)) = message.strip_prefix("Expected ").and_then(|rest| rest.split_once(" but found ")) else {
                return message.to_owned();
            };
            let found = found.trim_matches('`');
            return match found {
                "EOF" => "Unexpected eof".into(),
                found => format!("Expected {}, got '{found}'", wanted.replace('`', "'")),
            };
        }
    }
    .to_owned()
}
