//! `internalBinding('worker')`: threads.
//!
//! A thread is a process of its own, since a QuickJS runs on one thread alone: it has its memory, its descriptors and its loop. To its maker it is bound by
//! a pair of sockets ([`link`]), over which the ports of both sides speak. What it is told at its start stands in one variable of its environment.

pub mod link;
pub mod memory;

use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Syscalls, flags};
use rquickjs::{Ctx, Function, IntoJs, Object, Persistent, Result, Value};

use super::buffer::js_string;
use super::{method, script};
use crate::Env;
use crate::event_loop::HandleId;
use crate::handles::uv;

/// The variable that makes a process a thread: `id:pid of the process:limit:limit:limit:limit:1 if internal:name`.
const VARIABLE: &str = "PORTHOLE_THREAD=";
/// A thread's end of the sockets.
const LINK: i32 = 3;
const LIMITS: usize = 4;

/// What a thread is told of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thread {
    pub id: u32,
    /// Of the process whose thread it is.
    pub pid: i32,
    pub is_internal: bool,
    pub name: String,
    limits: [f64; LIMITS],
}

impl Thread {
    /// Takes the variable out of an environment. `None`: the process is no thread.
    pub fn take(env: &mut Vec<Vec<u8>>) -> Option<Self> {
        let at = env.iter().position(|pair| pair.starts_with(VARIABLE.as_bytes()))?;
        let text = String::from_utf8_lossy(&env.remove(at)).into_owned();
        let mut parts = text.get(VARIABLE.len()..)?.splitn(4 + LIMITS, ':');
        let (id, pid) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let mut limits = [0.0; LIMITS];
        for limit in &mut limits {
            *limit = parts.next()?.parse().ok()?;
        }
        Some(Self { id, pid, limits, is_internal: parts.next()? == "1", name: parts.next()?.to_owned() })
    }

    fn variable(&self) -> Vec<u8> {
        let limits: String = self.limits.iter().map(|limit| format!("{limit}:")).collect();
        format!("{VARIABLE}{}:{}:{limits}{}:{}", self.id, self.pid, u8::from(self.is_internal), self.name).into_bytes()
    }
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    if let Some(thread) = &*env.thread.borrow() {
        let about = Object::new(ctx.clone())?;
        about.set("id", thread.id)?;
        about.set("name", thread.name.as_str())?;
        about.set("isInternal", thread.is_internal)?;
        about.set("limits", thread.limits.to_vec())?;
        about.set("link", LINK)?;
        binding.set("thread", about)?;
    }
    // pair(): two ends, or a status below zero.
    method(&ops, "pair", |ctx: Ctx<'js>| -> Result<Value<'js>> {
        match Env::of(&ctx)?.socketpair() {
            Ok(pair) => vec![pair.one, pair.other].into_js(&ctx),
            Err(errno) => Ok(Value::new_int(ctx.clone(), uv(errno))),
        }
    })?;
    method(&ops, "closeEnd", |ctx: Ctx<'js>, fd: i32| -> Result<()> {
        let _closed = Env::of(&ctx)?.close(fd);
        Ok(())
    })?;
    method(&ops, "start", |ctx: Ctx<'js>, options: Object<'js>, ended: Function<'js>| start(&ctx, &options, ended))?;
    method(&ops, "kill", |ctx: Ctx<'js>, pid: i32| -> Result<()> {
        let _gone = Env::of(&ctx)?.kill(pid, porthole_abi::signal::SIGKILL);
        Ok(())
    })?;
    super::messaging::holds(&ops, "Worker")?;
    method(&ops, "closeHandle", |ctx: Ctx<'js>, handle: u32| -> Result<()> {
        Env::of(&ctx)?.event_loop.close_handle(HandleId(handle), |_| ());
        Ok(())
    })?;
    binding.set("ops", ops)?;
    script(ctx, "worker", &binding)?;
    Ok(binding)
}

/// Starts a thread: `{ file, args, env, end, id, name, limits, isInternal }`. Its pid, or a status below zero. `ended(code, signal)` is called at its end.
fn start<'js>(ctx: &Ctx<'js>, options: &Object<'js>, ended: Function<'js>) -> Result<i32> {
    let env = Env::of(ctx)?;
    let texts = |name: &str| -> Result<Vec<Vec<u8>>> {
        let list: Vec<Value<'js>> = options.get(name)?;
        list.iter().map(|text| Ok(js_string::to_utf8(text)?.into_bytes())).collect()
    };
    let file: String = options.get("file")?;
    let given: Vec<f64> = options.get("limits")?;
    let mut limits = [0.0; LIMITS];
    for (limit, given) in limits.iter_mut().zip(given) {
        *limit = given;
    }
    let pid = env.thread.borrow().as_ref().map_or(env.start.borrow().pid, |thread| thread.pid);
    let thread = Thread { id: options.get("id")?, pid, is_internal: options.get("isInternal")?, name: options.get("name")?, limits };
    let mut variables = texts("env")?;
    variables.push(thread.variable());
    let nothing = match env.open(b"/dev/null", flags::O_RDWR, 0) {
        Ok(opened) => opened.fd,
        Err(errno) => return Ok(uv(errno)),
    };
    let end: i32 = options.get("end")?;
    // Only the engine's last words go to the streams themselves: the rest comes through the port.
    let fds = [(0, nothing), (1, 1), (2, 2), (LINK, end)].map(|(child, parent)| Inherit { child, parent }).to_vec();
    let spawned = env.spawn(file.as_bytes(), List(texts("args")?), List(variables), b"", List(fds), flags::SPAWN_THREAD);
    for fd in [nothing, end] {
        let _closed = env.close(fd);
    }
    let pid = match spawned {
        Ok(spawned) => spawned.pid,
        Err(errno) => return Ok(uv(errno)),
    };
    let ended = Persistent::save(ctx, ended);
    env.on_child_exit(pid, move |ctx, code, signal| {
        if let (Ok(env), Ok(ended)) = (Env::of(ctx), ended.restore(ctx)) {
            env.make_callback(ctx, Value::new_undefined(ctx.clone()), &ended, (code, signal));
        }
    });
    Ok(pid)
}


#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_is_told_is_what_was_said() {
        let thread = Thread { id: 3, pid: 7, is_internal: false, name: "a:b c".to_owned(), limits: [0.0, 16.5, 4.0, 2.0] };
        let mut env = vec![b"A=1".to_vec(), thread.variable(), b"B=2".to_vec()];
        assert_eq!(Thread::take(&mut env), Some(thread));
        assert_eq!(env, [b"A=1".to_vec(), b"B=2".to_vec()]);
        assert_eq!(Thread::take(&mut env), None);
        assert_eq!(Thread::take(&mut vec![b"PORTHOLE_THREAD=".to_vec()]), None);
        assert_eq!(Thread::take(&mut vec![b"PORTHOLE_THREAD=1:x".to_vec()]), None);
    }
}
