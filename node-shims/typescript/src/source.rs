//! The source's text between the tree's nodes: where the next token begins, and the last one ended.

use oxc_ast::ast::Comment;
use oxc_span::Span;

pub struct Source<'a> {
    pub text: &'a str,
    /// In order.
    comments: &'a [Comment],
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str, comments: &'a [Comment]) -> Self {
        Self { text, comments }
    }

    /// Where the token at or after `at` begins; the text's end, if there is none.
    pub fn next(&self, mut at: u32) -> u32 {
        loop {
            let rest = self.from(at);
            at += length(rest) - length(rest.trim_start_matches(is_space));
            match self.comments.binary_search_by_key(&at, |comment| comment.span.start) {
                Ok(index) => at = self.comments.get(index).map_or(at, |comment| comment.span.end),
                Err(_) => return at,
            }
        }
    }

    /// Where the token before `at` ends; 0, if there is none.
    pub fn previous(&self, mut at: u32) -> u32 {
        loop {
            let before = self.text.get(..at as usize).unwrap_or_default();
            at = length(before.trim_end_matches(is_space));
            match self.comments.binary_search_by_key(&at, |comment| comment.span.end) {
                Ok(index) => at = self.comments.get(index).map_or(0, |comment| comment.span.start),
                Err(_) => return if self.text.starts_with("#!") && at <= self.first_line() { 0 } else { at },
            }
        }
    }

    /// What the text is from `at` on.
    pub fn from(&self, at: u32) -> &'a str {
        self.text.get(at as usize..).unwrap_or_default()
    }

    pub fn breaks(&self, from: u32, to: u32) -> bool {
        self.text.get(from as usize..to as usize).is_some_and(|text| text.contains(['\n', '\r', '\u{2028}', '\u{2029}']))
    }

    /// The word at `at`; nothing where there is no letter.
    pub fn word(&self, at: u32) -> &'a str {
        let rest = self.from(at);
        let end = rest.find(|letter: char| !is_word(letter)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// The token at `at`, if it is `mark`.
    pub fn mark(&self, at: u32, mark: char) -> Option<Span> {
        let at = self.next(at);
        self.from(at).starts_with(mark).then(|| Span::new(at, at + 1))
    }

    fn first_line(&self) -> u32 {
        length(self.text.lines().next().unwrap_or_default())
    }
}

pub fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '\u{200c}' | '\u{200d}')
}

/// What may stand between tokens, ends of lines too.
pub fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{feff}'
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
