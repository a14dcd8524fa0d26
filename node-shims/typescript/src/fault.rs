//! Why a program is not made JavaScript.

use crate::snippet;
use oxc_span::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is no TypeScript.
    Invalid,
    /// It is, but of the sort that cannot be blanked.
    Unsupported,
}

#[derive(Debug)]
pub struct Fault {
    pub kind: Kind,
    pub message: String,
    /// The line, from 1.
    pub line: u32,
    /// The line and its neighbours, with a mark under what is meant.
    pub snippet: String,
}

impl Fault {
    pub fn new(kind: Kind, message: impl Into<String>, source: &str, span: Span) -> Self {
        let (line, snippet) = snippet::of(source, span);
        Self { kind, message: message.into(), line, snippet }
    }
}
