//! Words and operators.

/// What is wrong with a script, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: usize,
    pub text: String,
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text; `quoted`: no pattern, and never empty away.
    Text { text: String, quoted: bool },
    /// A parameter. Unquoted ones are split at blanks.
    Parameter { name: String, default: Option<(Default, String)>, quoted: bool },
}

/// What stands after the name in `${name…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// `-`: when unset; `:-`: when unset or empty.
    Use { empty: bool },
    /// `+`, `:+`
    Instead { empty: bool },
    /// `=`, `:=`
    Assign { empty: bool },
}

pub type Word = Vec<Part>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Word(Word),
    /// `;`, newline, `&&`, `||`, `|`, `!`, `>`, `>>`, `<`, `>&`, `<&`, `>|`, `&>`.
    Operator(&'static str),
    /// A descriptor right before a redirection.
    Number(i32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

struct Lexer<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    line: usize,
    tokens: Vec<Token>,
}

pub fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer { rest: text.chars().peekable(), line: 1, tokens: Vec::new() };
    lexer.all()?;
    Ok(lexer.tokens)
}

impl Lexer<'_> {
    fn refuse<T>(&self, text: impl Into<String>) -> Result<T, Problem> {
        Err(Problem { line: self.line, text: text.into() })
    }

    fn push(&mut self, kind: Kind) {
        self.tokens.push(Token { kind, line: self.line });
    }

    fn next_if(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn all(&mut self) -> Result<(), Problem> {
        while let Some(&c) = self.rest.peek() {
            match c {
                ' ' | '\t' | '\r' => drop(self.rest.next()),
                '\n' => {
                    self.rest.next();
                    self.push(Kind::Operator(";"));
                    self.line += 1;
                }
                '#' => while self.rest.next_if(|c| *c != '\n').is_some() {},
                ';' => {
                    self.rest.next();
                    if self.next_if(';') {
                        return self.refuse("';;' is not supported by this shell");
                    }
                    self.push(Kind::Operator(";"));
                }
                '|' => {
                    self.rest.next();
                    let operator = if self.next_if('|') { "||" } else { "|" };
                    self.push(Kind::Operator(operator));
                }
                '&' => {
                    self.rest.next();
                    if self.next_if('&') {
                        self.push(Kind::Operator("&&"));
                    } else if self.next_if('>') {
                        self.push(Kind::Operator("&>"));
                    } else {
                        return self.refuse("background commands ('&') are not supported by this shell");
                    }
                }
                '<' => {
                    self.rest.next();
                    if self.next_if('<') {
                        return self.refuse("here-documents ('<<') are not supported by this shell");
                    }
                    let operator = if self.next_if('&') { "<&" } else { "<" };
                    self.push(Kind::Operator(operator));
                }
                '>' => {
                    self.rest.next();
                    let operator = if self.next_if('>') {
                        ">>"
                    } else if self.next_if('&') {
                        ">&"
                    } else {
                        self.next_if('|');
                        ">"
                    };
                    self.push(Kind::Operator(operator));
                }
                '(' | ')' => return self.refuse(format!("'{c}' (subshells, functions) is not supported by this shell")),
                _ => self.word()?,
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), Problem> {
        let mut word = Word::new();
        let mut plain = String::new();
        while let Some(&c) = self.rest.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '&' | '(' | ')' => break,
                '<' | '>' => {
                    if word.is_empty() && !plain.is_empty() && plain.chars().all(|c| c.is_ascii_digit()) {
                        let number = plain.parse().or_else(|_| self.refuse("the descriptor is too large"))?;
                        self.push(Kind::Number(number));
                        return Ok(());
                    }
                    break;
                }
                '\'' => {
                    self.rest.next();
                    flush(&mut plain, &mut word);
                    let text = self.until('\'')?;
                    word.push(Part::Text { text, quoted: true });
                }
                '"' => {
                    self.rest.next();
                    flush(&mut plain, &mut word);
                    self.double_quoted(&mut word)?;
                }
                '\\' => {
                    self.rest.next();
                    match self.rest.next() {
                        Some('\n') => self.line += 1,
                        Some(c) => {
                            flush(&mut plain, &mut word);
                            word.push(Part::Text { text: c.into(), quoted: true });
                        }
                        None => plain.push('\\'),
                    }
                }
                '$' => {
                    self.rest.next();
                    match self.parameter(false)? {
                        Some(part) => {
                            flush(&mut plain, &mut word);
                            word.push(part);
                        }
                        None => plain.push('$'),
                    }
                }
                '`' => return self.refuse("command substitution ('`') is not supported by this shell"),
                _ => {
                    self.rest.next();
                    plain.push(c);
                }
            }
        }
        flush(&mut plain, &mut word);
        if word == [Part::Text { text: "!".into(), quoted: false }] {
            self.push(Kind::Operator("!"));
        } else if !word.is_empty() {
            self.push(Kind::Word(word));
        }
        Ok(())
    }

    fn until(&mut self, end: char) -> Result<String, Problem> {
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some(c) if c == end => return Ok(text),
                Some(c) => {
                    if c == '\n' {
                        self.line += 1;
                    }
                    text.push(c);
                }
                None => return self.refuse(format!("Syntax error: Unterminated quoted string ({end})")),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Problem> {
        let mut text = String::new();
        let mut whole = true;
        loop {
            match self.rest.next() {
                Some('"') => break,
                Some('\\') => match self.rest.next() {
                    Some(c @ ('$' | '`' | '"' | '\\')) => text.push(c),
                    Some('\n') => self.line += 1,
                    Some(c) => text.extend(['\\', c]),
                    None => return self.refuse("Syntax error: Unterminated quoted string"),
                },
                Some('$') => match self.parameter(true)? {
                    Some(part) => {
                        word.push(Part::Text { text: std::mem::take(&mut text), quoted: true });
                        word.push(part);
                        whole = false;
                    }
                    None => text.push('$'),
                },
                Some('`') => return self.refuse("command substitution ('`') is not supported by this shell"),
                Some(c) => {
                    if c == '\n' {
                        self.line += 1;
                    }
                    text.push(c);
                }
                None => return self.refuse("Syntax error: Unterminated quoted string"),
            }
        }
        // `""` is a word, though an empty one; `"$@"` without arguments is none.
        if whole || !text.is_empty() {
            word.push(Part::Text { text, quoted: true });
        }
        Ok(())
    }

    /// What follows a `$`; nothing if it stands for itself.
    fn parameter(&mut self, quoted: bool) -> Result<Option<Part>, Problem> {
        let simple = |name: String| Ok(Some(Part::Parameter { name, default: None, quoted }));
        match self.rest.peek().copied() {
            Some('(') => self.refuse("command substitution ('$(') is not supported by this shell"),
            Some('{') => {
                self.rest.next();
                let inner = self.until('}')?;
                self.braced(&inner, quoted).map(Some)
            }
            Some(c @ ('?' | '$' | '#' | '@' | '*' | '!' | '-')) => {
                self.rest.next();
                simple(c.into())
            }
            Some(c) if c.is_ascii_digit() => {
                self.rest.next();
                simple(c.into())
            }
            Some(c) if c == '_' || c.is_ascii_alphabetic() => {
                let mut name = String::new();
                while let Some(c) = self.rest.next_if(|c| *c == '_' || c.is_ascii_alphanumeric()) {
                    name.push(c);
                }
                simple(name)
            }
            _ => Ok(None),
        }
    }

    fn braced(&self, inner: &str, quoted: bool) -> Result<Part, Problem> {
        let end = inner.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
        let (name, rest) = if end == 0 { inner.split_at(inner.chars().next().map_or(0, char::len_utf8)) } else { inner.split_at(end) };
        let (empty, operator) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let kind = match operator.chars().next() {
            None if rest.is_empty() && !name.is_empty() => return Ok(Part::Parameter { name: name.into(), default: None, quoted }),
            Some('-') => Default::Use { empty },
            Some('+') => Default::Instead { empty },
            Some('=') => Default::Assign { empty },
            _ => return self.refuse(format!("'${{{inner}}}' is not supported by this shell")),
        };
        let word = &operator[1..];
        if word.contains(['$', '`', '"', '\'']) {
            return self.refuse(format!("expansions inside '${{{inner}}}' are not supported by this shell"));
        }
        Ok(Part::Parameter { name: name.into(), default: Some((kind, word.into())), quoted })
    }
}

fn flush(plain: &mut String, word: &mut Word) {
    if !plain.is_empty() {
        word.push(Part::Text { text: std::mem::take(plain), quoted: false });
    }
}
