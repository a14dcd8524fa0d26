//! The programs that the kernel knows. A new kind of process is a row here.

/// How a kind's processes begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A worker with the process image, which looks at `exe` and `argv`.
    Image,
    /// `env`: resolved by the kernel into the program that it names.
    Env,
}

/// A registered program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    /// Where its executable file stands; a process of it has this as `exe`.
    pub path: &'static str,
    /// Links to it.
    pub links: &'static [&'static str],
    pub start: Start,
    /// What `/task/<pid>/type` says of its processes.
    pub class: &'static str,
}

pub const NODE: &Kind = &KINDS[0];

/// The executable of the small programs.
pub const TOOLS: &str = "/usr/bin/tools";

pub const KINDS: &[Kind] = &[
    Kind { name: "node", path: "/usr/local/bin/node", links: &["/usr/bin/node", "/lib/node/bin/node"], start: Start::Image, class: "nodejs" },
    Kind { name: "sh", path: "/bin/sh", links: &["/usr/bin/sh"], start: Start::Image, class: "native" },
    // Small programs that are one: it does what the name says that it was started by.
    Kind {
        name: "tools",
        path: TOOLS,
        links: &[
            "/bin/cat",
            "/usr/bin/cat",
            "/bin/echo",
            "/usr/bin/echo",
            "/bin/false",
            "/usr/bin/false",
            "/bin/ls",
            "/usr/bin/ls",
            "/bin/mkdir",
            "/usr/bin/mkdir",
            "/usr/bin/printf",
            "/bin/pwd",
            "/usr/bin/pwd",
            "/bin/rm",
            "/usr/bin/rm",
            "/bin/sleep",
            "/usr/bin/sleep",
            "/usr/bin/test",
            "/bin/true",
            "/usr/bin/true",
        ],
        start: Start::Image,
        class: "native",
    },
    Kind { name: "env", path: "/usr/bin/env", links: &["/bin/env"], start: Start::Env, class: "native" },
];

/// What the executable file of a kind begins with, before its name and a newline. Copies and links of the file are the same program.
pub const MAGIC: &[u8] = b"\x7fPORTHOLE ";

impl Kind {
    /// The content of its executable file.
    pub fn file(&self) -> Vec<u8> {
        [MAGIC, self.name.as_bytes(), b"\n"].concat()
    }

    /// The kind that an executable file's first bytes name.
    pub fn of_file(head: &[u8]) -> Option<&'static Kind> {
        let name = head.strip_prefix(MAGIC)?;
        let name = &name[..name.iter().position(|byte| *byte == b'\n')?];
        KINDS.iter().find(|kind| kind.name.as_bytes() == name)
    }
}
