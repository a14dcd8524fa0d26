//! A command line into commands.

/// Pieces of a word: as they are, or the value of a name. Unquoted values are split at blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Value { name: String, quoted: bool },
}

pub type Word = Vec<Piece>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
    Append,
    Copy,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub fd: i32,
    pub direction: Direction,
    pub target: Word,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
}

/// When a pipeline runs, by what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    Success,
    Failure,
}

pub type List = Vec<(When, Vec<Command>)>;

/// # Errors
/// Names what this shell does not know.
pub fn parse(script: &str) -> Result<List, String> {
    let mut list: List = Vec::new();
    let mut when = When::Always;
    let mut pipeline: Vec<Command> = Vec::new();
    let mut command = Command::default();
    let mut chars = script.chars().peekable();
    let end_command = |command: &mut Command, pipeline: &mut Vec<Command>| {
        if !command.words.is_empty() || !command.redirects.is_empty() {
            pipeline.push(std::mem::take(command));
        }
    };
    loop {
        let Some(&first) = chars.peek() else { break };
        match first {
            ' ' | '\t' | '\r' => drop(chars.next()),
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '\n' | ';' => {
                chars.next();
                end_command(&mut command, &mut pipeline);
                if !pipeline.is_empty() {
                    list.push((when, std::mem::take(&mut pipeline)));
                }
                when = When::Always;
            }
            '&' => {
                chars.next();
                if chars.next_if_eq(&'&').is_none() {
                    return Err("commands in the background (&) are not supported".to_owned());
                }
                end_command(&mut command, &mut pipeline);
                list.push((when, std::mem::take(&mut pipeline)));
                when = When::Success;
            }
            '|' => {
                chars.next();
                end_command(&mut command, &mut pipeline);
                if chars.next_if_eq(&'|').is_some() {
                    list.push((when, std::mem::take(&mut pipeline)));
                    when = When::Failure;
                }
            }
            '<' | '>' => redirect(&mut chars, &mut command, None)?,
            '(' | ')' | '`' => return Err(format!("'{first}' is not supported")),
            _ => {
                let word = word(&mut chars)?;
                // A number right before `<` or `>` is a descriptor.
                if let [Piece::Text(text)] = word.as_slice()
                    && matches!(chars.peek(), Some('<' | '>'))
                    && let Ok(fd) = text.parse::<i32>()
                {
                    redirect(&mut chars, &mut command, Some(fd))?;
                    continue;
                }
                if command.words.is_empty()
                    && let [Piece::Text(text)] = word.as_slice()
                    && matches!(text.as_str(), "if" | "for" | "while" | "until" | "case" | "function" | "{" | "!")
                {
                    return Err(format!("'{text}' is not supported"));
                }
                command.words.push(word);
            }
        }
    }
    end_command(&mut command, &mut pipeline);
    if !pipeline.is_empty() {
        list.push((when, pipeline));
    }
    Ok(list)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn redirect(chars: &mut Chars<'_>, command: &mut Command, fd: Option<i32>) -> Result<(), String> {
    let reads = chars.next() == Some('<');
    let direction = if reads {
        if chars.peek() == Some(&'<') {
            return Err("here documents (<<) are not supported".to_owned());
        }
        Direction::Read
    } else if chars.next_if_eq(&'>').is_some() {
        Direction::Append
    } else if chars.next_if_eq(&'&').is_some() {
        Direction::Copy
    } else {
        Direction::Write
    };
    while chars.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
    let target = word(chars)?;
    if target.is_empty() {
        return Err("a redirection without a file".to_owned());
    }
    command.redirects.push(Redirect { fd: fd.unwrap_or(i32::from(!reads)), direction, target });
    Ok(())
}

fn word(chars: &mut Chars<'_>) -> Result<Word, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut quoted_empty = false;
    while let Some(&c) = chars.peek() {
        match c {
            ' ' | '\t' | '\n' | '\r' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            '`' => return Err("'`' is not supported".to_owned()),
            '\'' => {
                chars.next();
                quoted_empty = true;
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => text.push(c),
                        None => return Err("a ' without its end".to_owned()),
                    }
                }
            }
            '"' => {
                chars.next();
                quoted_empty = true;
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                            Some('\n') => {}
                            Some(c) => text.extend(['\\', c]),
                            None => return Err("a \" without its end".to_owned()),
                        },
                        Some('$') => value(chars, &mut text, &mut pieces, true)?,
                        Some('`') => return Err("'`' is not supported".to_owned()),
                        Some(c) => text.push(c),
                        None => return Err("a \" without its end".to_owned()),
                    }
                }
            }
            '\\' => {
                chars.next();
                match chars.next() {
                    Some('\n') | None => {}
                    Some(c) => text.push(c),
                }
            }
            '$' => {
                chars.next();
                value(chars, &mut text, &mut pieces, false)?;
            }
            c => {
                chars.next();
                text.push(c);
            }
        }
    }
    if !text.is_empty() || (quoted_empty && pieces.is_empty()) {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

/// After a `$`.
fn value(chars: &mut Chars<'_>, text: &mut String, pieces: &mut Word, quoted: bool) -> Result<(), String> {
    let mut name = String::new();
    match chars.peek() {
        Some('(') => return Err("'$(' is not supported".to_owned()),
        Some('{') => {
            chars.next();
            loop {
                match chars.next() {
                    Some('}') => break,
                    Some(c) if c.is_alphanumeric() || c == '_' => name.push(c),
                    _ => return Err("'${' knows plain names only".to_owned()),
                }
            }
        }
        Some(c @ ('?' | '$' | '#' | '@' | '*' | '0'..='9')) => {
            name.push(*c);
            chars.next();
        }
        _ => {
            while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                name.push(c);
            }
        }
    }
    if name.is_empty() {
        text.push('$');
        return Ok(());
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(std::mem::take(text)));
    }
    pieces.push(Piece::Value { name, quoted });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(word: &Word) -> String {
        word.iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Value { name, .. } => format!("${name}"),
            })
            .collect()
    }

    #[test]
    fn words_quotes_and_lists() {
        let list = parse("A=1 node -p \"6*7\" 'a b' x\\ y && echo $B\"$C\" || false; true 2>&1 >out").unwrap();
        assert_eq!(list.len(), 4);
        assert_eq!(list[0].1[0].words.iter().map(text).collect::<Vec<_>>(), ["A=1", "node", "-p", "6*7", "a b", "x y"]);
        assert_eq!((list[1].0, list[2].0, list[3].0), (When::Success, When::Failure, When::Always));
        assert_eq!(list[3].1[0].redirects.len(), 2);
        assert_eq!(list[3].1[0].redirects[0].fd, 2);
        assert_eq!(parse("a | b").unwrap()[0].1.len(), 2);
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert!(parse("echo $(ls)").unwrap_err().contains("$("));
        assert!(parse("if true; then x; fi").unwrap_err().contains("if"));
        assert!(parse("echo 'x").unwrap_err().contains("end"));
    }
}
