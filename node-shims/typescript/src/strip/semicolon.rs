//! Where a line ends after a type, the type's end may have been the statement's: without it the next line would be a part of it.

use oxc_span::Span;

use super::eraser::Eraser;

impl Eraser<'_> {
    /// After a statement that is gone.
    pub fn end_statement(&mut self, span: Span) {
        let before = self.source.previous(span.start);
        if before == 0 {
            return;
        }
        let next = self.source.next(span.end);
        if !self.source.breaks(span.end, next) || !self.goes_on(next, true) {
            return;
        }
        // One that was blanked with what it ended comes back.
        let last = before - 1;
        self.put(if self.source.from(last).starts_with(';') { last } else { span.start }, b';');
    }

    /// After an expression, of which `span` is gone.
    pub fn end_expression(&mut self, span: Span) {
        let next = self.source.next(span.end);
        if self.source.breaks(span.end, next) && self.goes_on(next, false) {
            self.put(span.start, b';');
        }
    }

    /// Whether what is at `at` would belong to the line before. Operators do so after an expression in TypeScript as well.
    fn goes_on(&self, at: u32, after_statement: bool) -> bool {
        let rest = self.source.from(at);
        let mut letters = rest.chars();
        match letters.next() {
            Some('(' | '[') => true,
            Some('`') => is_plain_template(rest),
            Some(sign @ ('+' | '-')) => after_statement && letters.next() != Some(sign),
            Some('/') => after_statement,
            _ => false,
        }
    }
}

/// Whether a template has no expressions in it.
fn is_plain_template(text: &str) -> bool {
    let mut letters = text.chars().skip(1);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '`' => return true,
            '$' if letters.clone().next() == Some('{') => return false,
            _ => {}
        }
    }
    false
}
