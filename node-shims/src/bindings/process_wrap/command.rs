//! What is to be started, as `child_process` describes it.

use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Syscalls, flags};
use rquickjs::{Object, Result, Value};

use crate::Env;
use crate::bindings::buffer::js_string;

pub struct Command {
    pub file: Vec<u8>,
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub cwd: Vec<u8>,
    pub detached: bool,
    /// Another user or group was asked for, which nobody here may become.
    pub other_user: bool,
    pub slots: Vec<Slot>,
}

/// A descriptor of the child.
pub struct Slot {
    pub child: i32,
    pub parent: i32,
    /// Ours only for the child's sake.
    pub close: bool,
}

fn texts<'js>(list: Option<Vec<Value<'js>>>) -> Result<Option<Vec<Vec<u8>>>> {
    list.map(|list| list.iter().map(|text| Ok(js_string::to_utf8(text)?.into_bytes())).collect()).transpose()
}

fn text(options: &Object<'_>, name: &str) -> Result<Option<Vec<u8>>> {
    let value: Value = options.get(name)?;
    if value.is_undefined() || value.is_null() { Ok(None) } else { Ok(Some(js_string::to_utf8(&value)?.into_bytes())) }
}

impl Command {
    /// Reads `file`, `args`, `envPairs`, `cwd`, `detached`, `uid` and `gid`.
    pub fn from_options(env: &Env, options: &Object<'_>) -> Result<Self> {
        let file = text(options, "file")?.unwrap_or_default();
        let argv = texts(options.get("args")?)?.unwrap_or_else(|| vec![file.clone()]);
        let start = env.start.borrow();
        let other = |name: &str, own: u32| -> Result<bool> {
            let value: Value = options.get(name)?;
            Ok(value.as_number().is_some_and(|number| number != f64::from(own)))
        };
        Ok(Self {
            argv,
            env: texts(options.get("envPairs")?)?.unwrap_or_else(|| start.env.0.clone()),
            cwd: text(options, "cwd")?.unwrap_or_default(),
            detached: options.get::<_, Option<bool>>("detached").ok().flatten().unwrap_or(false),
            other_user: other("uid", start.uid)? || other("gid", start.gid)?,
            slots: Vec::new(),
            file,
        })
    }

    /// Gives the child `/dev/null`, for the first three alone, as libuv does.
    pub fn ignore(&mut self, env: &Env, child: i32) -> std::result::Result<(), Errno> {
        if child > 2 {
            return Ok(());
        }
        let fd = env.open(b"/dev/null", flags::O_RDWR, 0)?.fd;
        self.slots.push(Slot { child, parent: fd, close: true });
        Ok(())
    }

    /// Gives the child one end of a pair of sockets and answers the other.
    pub fn socket(&mut self, env: &Env, child: i32) -> std::result::Result<i32, Errno> {
        let pair = env.socketpair()?;
        self.slots.push(Slot { child, parent: pair.other, close: true });
        Ok(pair.one)
    }

    /// Starts it; answers its pid.
    pub fn start(&self, env: &Env) -> std::result::Result<i32, Errno> {
        let fds = self.slots.iter().map(|slot| Inherit { child: slot.child, parent: slot.parent }).collect();
        let flags = if self.detached { flags::SPAWN_DETACHED } else { 0 };
        Ok(env.spawn(&self.file, List(self.argv.clone()), List(self.env.clone()), &self.cwd, List(fds), flags)?.pid)
    }

    /// Closes what was ours only for the child's sake.
    pub fn close(&mut self, env: &Env) {
        for slot in self.slots.drain(..).filter(|slot| slot.close) {
            let _ = env.close(slot.parent);
        }
    }
}
