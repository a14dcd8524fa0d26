//! Words become arguments: parameters, splitting, patterns.

use super::Shell;
use super::lex::{Default, Part, Word};
use super::pattern;

impl Shell<'_> {
    /// The arguments that words stand for.
    pub fn arguments_of(&mut self, words: &[Word]) -> Vec<String> {
        let mut all = Vec::new();
        for word in words {
            self.expand(word, &mut all);
        }
        all
    }

    /// A word as one text, neither split nor matched: for assignments and redirections.
    pub fn text_of(&mut self, word: &Word) -> String {
        let mut text = String::new();
        for part in word {
            match part {
                Part::Text { text: plain, quoted: false } if text.is_empty() && plain.starts_with('~') => text.push_str(&self.home(plain)),
                Part::Text { text: plain, .. } => text.push_str(plain),
                Part::Parameter { name, default, .. } => text.push_str(&self.parameter(name, default.as_ref()).unwrap_or_default()),
            }
        }
        text
    }

    fn expand(&mut self, word: &Word, all: &mut Vec<String>) {
        // The field that grows: text with patterns' letters marked, and whether it counts though empty.
        let mut field: Vec<(char, bool)> = Vec::new();
        let mut counts = false;
        for (at, part) in word.iter().enumerate() {
            match part {
                Part::Text { text, quoted } => {
                    counts |= *quoted || !text.is_empty();
                    let text = if at == 0 && !quoted && text.starts_with('~') { self.home(text) } else { text.clone() };
                    field.extend(text.chars().map(|c| (c, !quoted)));
                }
                Part::Parameter { name, quoted: true, .. } if name == "@" => {
                    for (at, argument) in self.arguments.clone().iter().skip(1).enumerate() {
                        if at > 0 {
                            self.finish(std::mem::take(&mut field), true, all);
                        }
                        counts = true;
                        field.extend(argument.chars().map(|c| (c, false)));
                    }
                }
                Part::Parameter { name, default, quoted } => {
                    let value = self.parameter(name, default.as_ref()).unwrap_or_default();
                    if *quoted {
                        counts = true;
                        field.extend(value.chars().map(|c| (c, false)));
                        continue;
                    }
                    for c in value.chars() {
                        if matches!(c, ' ' | '\t' | '\n') {
                            self.finish(std::mem::take(&mut field), counts, all);
                            counts = false;
                        } else {
                            counts = true;
                            field.push((c, true));
                        }
                    }
                }
            }
        }
        self.finish(field, counts, all);
    }

    fn finish(&self, field: Vec<(char, bool)>, counts: bool, all: &mut Vec<String>) {
        if field.is_empty() && !counts {
            return;
        }
        let matches = pattern::matches(self.env, &field);
        if matches.is_empty() {
            all.push(field.into_iter().map(|(c, _)| c).collect());
        } else {
            all.extend(matches);
        }
    }

    fn home(&self, text: &str) -> String {
        match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{}{rest}", self.variable("HOME").unwrap_or("~")),
            _ => text.to_owned(),
        }
    }

    fn parameter(&mut self, name: &str, default: Option<&(Default, String)>) -> Option<String> {
        let value = match name {
            "?" => Some(self.status.to_string()),
            "$" => Some(self.env.start.borrow().pid.to_string()),
            "#" => Some(self.arguments.len().saturating_sub(1).to_string()),
            "@" | "*" => Some(self.arguments.get(1..).unwrap_or_default().join(" ")),
            "-" => Some(if self.stop_on_failure { "e" } else { "" }.to_owned()),
            "!" => None,
            name => match name.parse::<usize>() {
                Ok(number) => self.arguments.get(number).cloned(),
                Err(_) => self.variable(name).map(str::to_owned),
            },
        };
        let Some((kind, word)) = default else { return value };
        let there = |empty: &bool| value.as_ref().is_some_and(|value| !*empty || !value.is_empty());
        match kind {
            Default::Use { empty } => {
                if there(empty) {
                    value
                } else {
                    Some(word.clone())
                }
            }
            Default::Instead { empty } => {
                if there(empty) {
                    Some(word.clone())
                } else {
                    None
                }
            }
            Default::Assign { empty } => {
                if there(empty) {
                    return value;
                }
                self.set(name, word.clone());
                Some(word.clone())
            }
        }
    }
}
