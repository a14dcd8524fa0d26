//! Lists, pipelines and commands.

use super::lex::{Kind, Part, Problem, Token, Word};

/// When the next pipeline of a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    /// `&&`
    Success,
    /// `||`
    Failure,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    pub when: When,
    pub negated: bool,
    pub commands: Vec<Command>,
    pub line: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    pub assignments: Vec<(String, Word)>,
    pub words: Vec<Word>,
    pub redirections: Vec<Redirection>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    pub fd: i32,
    /// `>`, `>>`, `<`, `>&`, `<&`, or `&>`.
    pub operator: &'static str,
    pub target: Word,
}

/// Words that begin what this shell does not have.
const RESERVED: &[&str] =
    &["if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "function", "[[", "select", "time"];

pub fn list(tokens: Vec<Token>) -> Result<Vec<Pipeline>, Problem> {
    let mut list = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut when = When::Always;
    while let Some(token) = tokens.peek() {
        let line = token.line;
        if token.kind == Kind::Operator(";") {
            // A line may end after `&&`, and lines may be empty.
            tokens.next();
            continue;
        }
        let mut pipeline = Pipeline { when, negated: false, commands: Vec::new(), line };
        while tokens.next_if(|token| token.kind == Kind::Operator("!")).is_some() {
            pipeline.negated = !pipeline.negated;
        }
        loop {
            pipeline.commands.push(command(&mut tokens, line)?);
            if tokens.next_if(|token| token.kind == Kind::Operator("|")).is_none() {
                break;
            }
            while tokens.next_if(|token| token.kind == Kind::Operator(";")).is_some() {}
        }
        list.push(pipeline);
        when = match tokens.next().map(|token| token.kind) {
            Some(Kind::Operator("&&")) => When::Success,
            Some(Kind::Operator("||")) => When::Failure,
            Some(Kind::Operator(";")) | None => When::Always,
            Some(_) => return Err(unexpected(line)),
        };
        if when != When::Always && tokens.peek().is_none() {
            return Err(Problem { line, text: "Syntax error: end of file unexpected".into() });
        }
    }
    Ok(list)
}

fn unexpected(line: usize) -> Problem {
    Problem { line, text: "Syntax error: an operator stands where a command should".into() }
}

fn command(tokens: &mut std::iter::Peekable<impl Iterator<Item = Token>>, line: usize) -> Result<Command, Problem> {
    let mut command = Command::default();
    while let Some(token) = tokens.next_if(|token| !matches!(token.kind, Kind::Operator(";" | "&&" | "||" | "|" | "!"))) {
        match token.kind {
            Kind::Word(word) => match assignment(&word).filter(|_| command.words.is_empty()) {
                Some(assignment) => command.assignments.push(assignment),
                None => {
                    if let (true, [Part::Text { text, quoted: false }]) = (command.words.is_empty(), word.as_slice())
                        && RESERVED.contains(&text.as_str())
                    {
                        return Err(Problem { line: token.line, text: format!("'{text}' (compound commands) is not supported by this shell") });
                    }
                    command.words.push(word);
                }
            },
            Kind::Number(fd) => match tokens.next().map(|token| token.kind) {
                Some(Kind::Operator(operator)) => redirect(&mut command, Some(fd), operator, tokens, token.line)?,
                _ => return Err(unexpected(token.line)),
            },
            Kind::Operator(operator) => redirect(&mut command, None, operator, tokens, token.line)?,
        }
    }
    if command == Command::default() {
        return Err(unexpected(line));
    }
    Ok(command)
}

fn redirect(
    command: &mut Command,
    fd: Option<i32>,
    operator: &'static str,
    tokens: &mut std::iter::Peekable<impl Iterator<Item = Token>>,
    line: usize,
) -> Result<(), Problem> {
    let usual = if operator.starts_with('<') { 0 } else { 1 };
    let target = match tokens.next().map(|token| token.kind) {
        Some(Kind::Word(word)) => word,
        // `2>&1`: the digit right before nothing else is a word.
        Some(Kind::Number(number)) => vec![Part::Text { text: number.to_string(), quoted: false }],
        _ => return Err(Problem { line, text: format!("Syntax error: nothing stands after '{operator}'") }),
    };
    command.redirections.push(Redirection { fd: fd.unwrap_or(usual), operator, target });
    Ok(())
}

/// `NAME=…` at the front of a word.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text { text, quoted: false }) = word.first() else { return None };
    let (name, value) = text.split_once('=')?;
    let mut letters = name.chars();
    if !letters.next().is_some_and(|c| c == '_' || c.is_ascii_alphabetic()) || !letters.all(|c| c == '_' || c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut rest = word.clone();
    rest[0] = Part::Text { text: value.to_owned(), quoted: false };
    Some((name.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sh::lex::tokens;

    #[test]
    fn lists_pipelines_and_redirections() {
        let list = list(tokens("A=1 a 'b c' | d 2>&1 >x && ! e; f").unwrap()).unwrap();
        assert_eq!(list.len(), 3);
        assert_eq!(list[0].commands.len(), 2);
        assert_eq!(list[0].commands[0].assignments.len(), 1);
        assert_eq!(list[0].commands[1].redirections.iter().map(|r| (r.fd, r.operator)).collect::<Vec<_>>(), [(2, ">&"), (1, ">")]);
        assert_eq!((list[1].when, list[1].negated), (When::Success, true));
        assert_eq!(list[2].when, When::Always);
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for text in ["for x in a; do b; done", "a $(b)", "(a)", "a &", "cat <<E", "if a; then b; fi", "a &&", "| a", "echo ${a%b}"] {
            assert!(tokens(text).and_then(list).is_err(), "{text}");
        }
    }
}
