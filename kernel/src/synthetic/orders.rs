//! Orders: what is written to a `ctl` file, one a line, a verb and its words.
//!
//! A write holds whole lines (the last needs no newline) and stops at the first that fails: the writer gets its errno, and reading the `ctl` file says in
//! words, to that process alone, how its last order went. An unknown verb is `EINVAL`.

use porthole_abi::Errno;
use porthole_abi::syscall::Right;

use super::node::Node;
use super::quoted;
use crate::machine::Machine;

/// What a `ctl` file can be told.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    pub name: &'static str,
    /// What follows it, for whoever reads the file first.
    pub usage: &'static str,
    pub right: Right,
    pub run: fn(&mut Machine, &Order<'_>) -> Result<(), Refusal>,
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub caller: i32,
    pub node: Node,
    /// What follows the verb.
    pub words: &'a [Vec<u8>],
}

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub errno: Errno,
    pub words: String,
}

impl Refusal {
    pub fn new(errno: Errno, words: impl Into<String>) -> Refusal {
        Refusal { errno, words: words.into() }
    }
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Refusal {
        Refusal::new(errno, errno.text())
    }
}

/// Words of an order in a message.
pub fn shown(word: &[u8]) -> String {
    format!("'{}'", String::from_utf8_lossy(word).escape_debug())
}

impl Order<'_> {
    /// Exactly so many words.
    ///
    /// # Errors
    /// `EINVAL`, with what is wanted.
    pub fn exactly<const N: usize>(&self, wanted: &str) -> Result<&[Vec<u8>; N], Refusal> {
        self.words.try_into().map_err(|_| Refusal::new(Errno::EINVAL, format!("wants {wanted}, not {} words", self.words.len())))
    }
}

impl Machine {
    /// Carries out what a process wrote to a `ctl` file.
    pub(crate) fn orders(&mut self, pid: i32, node: Node, verbs: &'static [Verb], data: &[u8]) -> Result<(), Errno> {
        for line in data.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            let (answer, outcome) = match self.order(pid, node, verbs, line) {
                Ok(()) => ([line, b": done\n"].concat(), Ok(())),
                Err((verb, refusal)) => (format!("{verb}: {} ({})\n", refusal.words, refusal.errno.name()).into_bytes(), Err(refusal.errno)),
            };
            // Who ended itself reads no answer.
            if self.state.processes.get(&pid).is_some_and(crate::process::Process::is_live) {
                self.state.synthetic.answers.insert(pid, answer);
            }
            outcome?;
        }
        Ok(())
    }

    fn order(&mut self, pid: i32, node: Node, verbs: &'static [Verb], line: &[u8]) -> Result<(), (String, Refusal)> {
        let words = quoted::words(line)
            .ok_or_else(|| ("ctl".to_owned(), Refusal::new(Errno::EINVAL, format!("a quote is not closed in {}", shown(line)))))?;
        let Some((name, words)) = words.split_first() else { return Ok(()) };
        let said = String::from_utf8_lossy(name).escape_debug().to_string();
        let verb = verbs.iter().find(|verb| verb.name.as_bytes() == name).ok_or_else(|| {
            let known: Vec<_> = verbs.iter().map(|verb| verb.name).collect();
            (said.clone(), Refusal::new(Errno::EINVAL, format!("no such verb here; there are {}", known.join(", "))))
        })?;
        let changes = self.state.vfs.changes();
        let outcome = crate::syscalls::allowed(self, pid, verb.right)
            .map_err(Refusal::from)
            .and_then(|()| (verb.run)(self, &Order { caller: pid, node, words }))
            .map_err(|refusal| (said, refusal));
        self.disowned(pid, changes);
        outcome
    }

    /// What reading a `ctl` file says: how the reader's last order went; before there was one, what may be ordered.
    pub(crate) fn answer_to_orders(&self, pid: i32, verbs: &[Verb]) -> Vec<u8> {
        match self.state.synthetic.answers.get(&pid) {
            Some(answer) => answer.clone(),
            None => {
                verbs.iter().flat_map(|verb| format!("{} {}", verb.name, verb.usage).trim_end().bytes().chain([b'\n']).collect::<Vec<_>>()).collect()
            }
        }
    }
}
