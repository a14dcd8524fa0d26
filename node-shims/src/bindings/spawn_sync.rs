//! `internalBinding('spawn_sync')`: a child process while nothing else runs.

use porthole_abi::flags::{READABLE, SHUT_WR, WRITABLE};
use porthole_abi::{Errno, Event, Syscalls, signal};
use rquickjs::{Array, Ctx, Object, Result, Value};

use super::buffer::Bytes;
use super::fs::buffer;
use super::method;
use super::process_wrap::command::{Command, Slot};
use crate::Env;
use crate::handles::uv;

/// Bytes that one call carries.
const PIECE: usize = 1 << 18;

/// A pipe between us and the child: what goes in, and what came out.
struct Pipe {
    fd: i32,
    input: Vec<u8>,
    written: usize,
    collects: bool,
    output: Vec<u8>,
    open: bool,
}

struct Ended {
    code: i32,
    signal: u8,
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    method(&binding, "spawn", |ctx: Ctx<'js>, options: Object<'js>| -> Result<Object<'js>> { spawn(&ctx, &options) })?;
    Ok(binding)
}

fn spawn<'js>(ctx: &Ctx<'js>, options: &Object<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let result = Object::new(ctx.clone())?;
    let mut command = Command::from_options(&env, options)?;
    let mut pipes: Vec<Option<Pipe>> = Vec::new();
    let failed = match prepare(&env, options, &mut command, &mut pipes)? {
        Ok(()) if command.other_user => Some(Errno::EPERM),
        other => other.err(),
    };
    let started = match failed {
        Some(errno) => Err(errno),
        None => command.start(&env),
    };
    command.close(&env);
    let pid = match started {
        Ok(pid) => pid,
        Err(errno) => {
            pipes.iter_mut().flatten().for_each(|pipe| pipe.close(&env));
            result.set("error", uv(errno))?;
            result.set("status", Value::new_null(ctx.clone()))?;
            result.set("signal", Value::new_null(ctx.clone()))?;
            result.set("output", Value::new_null(ctx.clone()))?;
            result.set("pid", 0)?;
            return Ok(result);
        }
    };
    let number = |name: &str| options.get::<_, Value>(name).ok().and_then(|value| value.as_number()).filter(|number| *number > 0.0);
    let limits = Limits {
        deadline: number("timeout").map(|timeout| env.now_ms() + timeout),
        max_buffer: number("maxBuffer").filter(|max| max.is_finite()).map(|max| max as usize),
        kill_signal: number("killSignal").map_or(signal::SIGTERM, |number| number as u8),
    };
    let (ended, error) = run(&env, pid, &mut pipes, &limits);

    if ended.signal == 0 {
        result.set("status", ended.code)?;
        result.set("signal", Value::new_null(ctx.clone()))?;
    } else {
        result.set("status", Value::new_null(ctx.clone()))?;
        result.set("signal", signal::name(ended.signal))?;
    }
    let output = Array::new(ctx.clone())?;
    for (at, pipe) in pipes.into_iter().enumerate() {
        match pipe.filter(|pipe| pipe.collects) {
            Some(pipe) => output.set(at, buffer(ctx, pipe.output)?)?,
            None => output.set(at, Value::new_null(ctx.clone()))?,
        }
    }
    result.set("output", output)?;
    result.set("pid", pid)?;
    if let Some(errno) = error {
        result.set("error", uv(errno))?;
    }
    Ok(result)
}

/// Opens what `stdio` asks for.
fn prepare(env: &Env, options: &Object<'_>, command: &mut Command, pipes: &mut Vec<Option<Pipe>>) -> Result<std::result::Result<(), Errno>> {
    let stdio: Option<Array> = options.get("stdio")?;
    for (at, slot) in stdio.iter().flat_map(|stdio| stdio.iter::<Object>()).enumerate() {
        let slot = slot?;
        let kind: String = slot.get("type")?;
        let child = at as i32;
        match kind.as_str() {
            "ignore" => {
                pipes.push(None);
                if let Err(errno) = command.ignore(env, child) {
                    return Ok(Err(errno));
                }
            }
            "pipe" => {
                let input: Value = slot.get("input")?;
                let input = Bytes::of(&input).map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default();
                // The child's view: it reads from a pipe that is `readable`, and writes to one that is `writable`.
                let collects = slot.get::<_, Option<bool>>("writable")?.unwrap_or(false);
                match command.socket(env, child) {
                    Ok(fd) => pipes.push(Some(Pipe { fd, input, written: 0, collects, output: Vec::new(), open: true })),
                    Err(errno) => return Ok(Err(errno)),
                }
            }
            _ => {
                pipes.push(None);
                command.slots.push(Slot { child, parent: slot.get("fd")?, close: false });
            }
        }
    }
    Ok(Ok(()))
}

struct Limits {
    deadline: Option<f64>,
    max_buffer: Option<usize>,
    kill_signal: u8,
}

fn run(env: &Env, pid: i32, pipes: &mut [Option<Pipe>], limits: &Limits) -> (Ended, Option<Errno>) {
    let mut ended = None;
    let mut error = None;
    for pipe in pipes.iter_mut().flatten() {
        pipe.push(env);
        let mask = if pipe.collects { READABLE } else { 0 } | if pipe.unwritten() { WRITABLE } else { 0 };
        if mask == 0 || Syscalls::watch(env, pipe.fd, mask).is_err() {
            pipe.close(env);
        }
    }
    loop {
        if let Some(ended) = ended.take() {
            if pipes.iter().flatten().all(|pipe| !pipe.open || !pipe.collects) {
                pipes.iter_mut().flatten().for_each(|pipe| pipe.close(env));
                return (ended, error);
            }
            // What it left in the pipes, or what its own children still write.
            return drain(env, pipes, limits, ended, error);
        }
        let stop = |error: &mut Option<Errno>, pipes: &mut [Option<Pipe>], errno: Errno| {
            if error.is_none() {
                *error = Some(errno);
                let _ = env.kill(pid, limits.kill_signal);
                pipes.iter_mut().flatten().for_each(|pipe| pipe.close(env));
            }
        };
        let timeout = match limits.deadline {
            Some(deadline) if error.is_none() => {
                let left = deadline - env.now_ms();
                if left <= 0.0 {
                    stop(&mut error, pipes, Errno::ETIMEDOUT);
                    continue;
                }
                Some(left.ceil() as u32)
            }
            _ => None,
        };
        for event in env.poll_events(timeout) {
            match event {
                Event::Ready { fd, mask } if pipes.iter().flatten().any(|pipe| pipe.open && pipe.fd == fd) => {
                    let full = pipes.iter_mut().flatten().filter(|pipe| pipe.fd == fd).any(|pipe| pipe.ready(env, mask, limits.max_buffer));
                    if full {
                        stop(&mut error, pipes, Errno::ENOBUFS);
                    }
                }
                Event::ChildExit { pid: of, code, signal } if of == pid => {
                    let _ = env.wait(pid);
                    ended = Some(Ended { code, signal });
                }
                other => env.dispatch_later(other),
            }
        }
    }
}

/// Reads the pipes to their ends after the child has ended.
fn drain(env: &Env, pipes: &mut [Option<Pipe>], limits: &Limits, ended: Ended, mut error: Option<Errno>) -> (Ended, Option<Errno>) {
    while pipes.iter().flatten().any(|pipe| pipe.open && pipe.collects) {
        let timeout = match limits.deadline.map(|deadline| deadline - env.now_ms()) {
            Some(left) if left <= 0.0 => {
                error.get_or_insert(Errno::ETIMEDOUT);
                break;
            }
            left => left.map(|left| left.ceil() as u32),
        };
        for event in env.poll_events(timeout) {
            match event {
                Event::Ready { fd, mask } if pipes.iter().flatten().any(|pipe| pipe.open && pipe.fd == fd) => {
                    if pipes.iter_mut().flatten().filter(|pipe| pipe.fd == fd).any(|pipe| pipe.ready(env, mask, limits.max_buffer)) {
                        error.get_or_insert(Errno::ENOBUFS);
                        pipes.iter_mut().flatten().for_each(|pipe| pipe.close(env));
                    }
                }
                other => env.dispatch_later(other),
            }
        }
    }
    pipes.iter_mut().flatten().for_each(|pipe| pipe.close(env));
    (ended, error)
}

impl Pipe {
    fn unwritten(&self) -> bool {
        self.written < self.input.len()
    }

    /// Writes as far as the child takes it; ends the child's input when all is written.
    fn push(&mut self, env: &Env) {
        if self.collects && self.input.is_empty() {
            return;
        }
        while self.unwritten() {
            let end = (self.written + PIECE).min(self.input.len());
            match env.write(self.fd, &self.input[self.written..end], -1) {
                Ok(reply) => self.written += reply.written as usize,
                Err(Errno::EAGAIN) => return,
                // It does not read, or no more: not our error.
                Err(_) => self.written = self.input.len(),
            }
        }
        let _ = env.shutdown(self.fd, SHUT_WR);
    }

    /// Answers whether more came out than is allowed.
    fn ready(&mut self, env: &Env, mask: u8, max: Option<usize>) -> bool {
        if self.unwritten() && mask & !READABLE != 0 {
            self.push(env);
            if !self.unwritten() {
                if !self.collects {
                    self.close(env);
                    return false;
                }
                let _ = Syscalls::watch(env, self.fd, READABLE);
            }
        }
        if !self.collects {
            return false;
        }
        loop {
            match env.read(self.fd, PIECE as u32, -1) {
                Ok(reply) if reply.data.is_empty() => {
                    self.close(env);
                    return false;
                }
                Ok(reply) => {
                    self.output.extend_from_slice(&reply.data);
                    if let Some(max) = max
                        && self.output.len() > max
                    {
                        return true;
                    }
                    if reply.data.len() < PIECE {
                        return false;
                    }
                }
                Err(Errno::EAGAIN) => return false,
                Err(_) => {
                    self.close(env);
                    return false;
                }
            }
        }
    }

    fn close(&mut self, env: &Env) {
        if std::mem::take(&mut self.open) {
            let _ = env.close(self.fd);
        }
    }
}
