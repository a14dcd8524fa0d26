//! Nodes: their numbers, their names, and what is below them.

use super::TREES;
use super::tree::{At, Is, Row};
use crate::machine::Machine;
use crate::vfs::Ino;

/// A node of a tree: a row, and whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub tree: u8,
    pub row: u8,
    /// What the first bracketed part of the row's path stands for, `<container>` apart, which is always this one: a process or a port.
    pub subject: u32,
    /// What the second one stands for: a descriptor.
    pub part: u16,
}

/// Bits of the parts of a number. Together 53: numbers are exact in JavaScript.
const ROW_BITS: u32 = 8;
const PART_BITS: u32 = 14;

impl Node {
    pub fn root(tree: u8) -> Node {
        Node { tree, row: 0, subject: 0, part: 0 }
    }

    /// The node with a number. Numbers come from [`Node::number`] alone; of any other the row may be missing.
    pub fn of(tree: u8, number: Ino) -> Node {
        Node {
            tree,
            row: number as u8,
            part: (number >> ROW_BITS) as u16 & ((1 << PART_BITS) - 1),
            subject: (number >> (ROW_BITS + PART_BITS)) as u32,
        }
    }

    /// The number that a [`crate::vfs::Spot`] has for it.
    pub fn number(self) -> Ino {
        u64::from(self.row) | u64::from(self.part) << ROW_BITS | u64::from(self.subject) << (ROW_BITS + PART_BITS)
    }

    /// The number that `stat` and `readdir` show: the root has number 0, which means nothing there.
    pub fn shown(self) -> Ino {
        self.number() + 1
    }

    fn rows(self) -> &'static [Row] {
        TREES.get(usize::from(self.tree)).map_or(&[], |tree| tree.rows)
    }

    pub fn row(self) -> Option<&'static Row> {
        self.rows().get(usize::from(self.row))
    }

    /// The process that it is about.
    pub fn pid(self) -> i32 {
        self.subject as i32
    }

    pub fn fd(self) -> i32 {
        i32::from(self.part)
    }

    pub fn is_directory(self) -> bool {
        self.row().is_some_and(|row| matches!(row.is, Is::Directory))
    }

    /// The directory that it is in; of the root the root.
    pub fn parent(self) -> Node {
        let path = self.row().map_or("", |row| row.path);
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        let row = self.rows().iter().position(|row| row.path == above).unwrap_or(0) as u8;
        let brackets = above.matches('<').count() - above.matches("<container>").count();
        Node { row, subject: if brackets > 0 { self.subject } else { 0 }, part: if brackets > 1 { self.part } else { 0 }, ..self }
    }

    /// Its own name, without the path.
    pub fn name(self, machine: &Machine) -> Vec<u8> {
        let path = self.row().map_or("", |row| row.path);
        match path.rsplit('/').next().unwrap_or_default() {
            "<container>" => machine.state.config.name.as_bytes().to_vec(),
            "<fd>" | "<stdio>" => self.part.to_string().into_bytes(),
            bracketed if bracketed.starts_with('<') => self.subject.to_string().into_bytes(),
            name => name.as_bytes().to_vec(),
        }
    }

    /// From the root of the tree, with a slash before each name; empty for the root.
    pub fn path(self, machine: &Machine) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = self;
        while at.row != 0 {
            parts.push(at.name(machine));
            at = at.parent();
        }
        parts.into_iter().rev().flat_map(|name| [b"/".to_vec(), name].concat()).collect()
    }
}

/// The rows directly below a node, with the last part of each one's path.
fn below(node: Node) -> impl Iterator<Item = (u8, &'static str)> {
    let path = node.row().map_or("", |row| row.path);
    node.rows().iter().enumerate().skip(1).filter_map(move |(at, row)| {
        let rest = row.path.strip_prefix(path)?;
        let name = if path.is_empty() { rest } else { rest.strip_prefix('/')? };
        (!name.contains('/')).then_some((at as u8, name))
    })
}

impl Machine {
    /// What a name in a directory of a tree stands for.
    pub(crate) fn tree_child(&self, directory: Node, name: &[u8]) -> Option<Node> {
        below(directory).find_map(|(row, pattern)| {
            let node = Node { row, ..directory };
            if !pattern.starts_with('<') {
                return (pattern.as_bytes() == name).then_some(node);
            }
            if pattern == "<container>" {
                return (self.state.config.name.as_bytes() == name).then_some(node);
            }
            let number = number_of(name)?;
            let node = numbered(node, pattern, number)?;
            self.is_there(directory, pattern, number).then_some(node)
        })
    }

    /// All names in a directory of a tree, rising by their bytes.
    pub(crate) fn tree_children(&self, directory: Node) -> Vec<(Vec<u8>, Node)> {
        let mut list = Vec::new();
        for (row, pattern) in below(directory) {
            let node = Node { row, ..directory };
            match pattern {
                pattern if !pattern.starts_with('<') => list.push((pattern.as_bytes().to_vec(), node)),
                "<container>" => list.push((self.state.config.name.as_bytes().to_vec(), node)),
                pattern => {
                    for number in self.numbers(directory, pattern) {
                        if let Some(node) = numbered(node, pattern, number) {
                            list.push((number.to_string().into_bytes(), node));
                        }
                    }
                }
            }
        }
        list.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        list
    }

    /// Whether the node's subject is still there.
    pub(crate) fn tree_has(&self, node: Node) -> bool {
        let mut at = node;
        while at.row != 0 {
            let parent = at.parent();
            if self.tree_child(parent, &at.name(self)) != Some(at) {
                return false;
            }
            at = parent;
        }
        true
    }

    fn numbers(&self, directory: Node, pattern: &str) -> Vec<u32> {
        let state = &self.state;
        match pattern {
            "<pid>" => state.processes.keys().map(|pid| *pid as u32).collect(),
            "<task>" => {
                let all: crate::map::Set<i32> = state.processes.keys().chain(state.synthetic.tasks.keys()).copied().collect();
                all.into_iter().map(|pid| pid as u32).collect()
            }
            "<fd>" => {
                state.processes.get(&directory.pid()).map_or_else(Vec::new, |process| process.descriptors.table.keys().map(|fd| *fd as u32).collect())
            }
            "<stdio>" => (0..3).filter(|fd| self.stdio_of(directory.pid(), *fd).is_some()).map(|fd| fd as u32).collect(),
            "<port>" => state.ports.list().map(u32::from).collect(),
            _ => Vec::new(),
        }
    }

    fn is_there(&self, directory: Node, pattern: &str, number: u32) -> bool {
        let state = &self.state;
        match (pattern, i32::try_from(number)) {
            ("<pid>", Ok(pid)) => state.processes.contains_key(&pid),
            ("<task>", Ok(pid)) => state.processes.contains_key(&pid) || state.synthetic.tasks.contains_key(&pid),
            ("<fd>", Ok(fd)) => self.descriptor(directory.pid(), fd).is_ok(),
            ("<stdio>", Ok(fd)) => fd < 3 && self.stdio_of(directory.pid(), fd).is_some(),
            ("<port>", Ok(port)) => state.ports.list().any(|open| i32::from(open) == port),
            _ => false,
        }
    }
}

/// A decimal number as the trees write it.
fn number_of(name: &[u8]) -> Option<u32> {
    let number: u32 = std::str::from_utf8(name).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == name).then_some(number)
}

fn numbered(node: Node, pattern: &str, number: u32) -> Option<Node> {
    match pattern {
        "<fd>" | "<stdio>" => Some(Node { part: u16::try_from(number).ok().filter(|part| *part < 1 << PART_BITS)?, ..node }),
        _ => Some(Node { subject: number, ..node }),
    }
}

impl At {
    pub fn pid(self) -> i32 {
        self.node.pid()
    }
}
