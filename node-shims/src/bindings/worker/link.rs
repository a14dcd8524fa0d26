//! The sockets between a thread and its maker. Frames for ports go both ways: a length of four bytes, one byte of kind, four of the port's number, and what
//! is said. JavaScript (`lib/messaging.js`) knows what the kinds mean.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use porthole_abi::flags::{READABLE, WRITABLE};
use porthole_abi::{Errno, Syscalls};
use rquickjs::{Ctx, Function, Object, Persistent, Result, TypedArray, Value};

use crate::bindings::{buffer::Bytes, method};
use crate::env::Callback;
use crate::handles::block_on;
use crate::{Env, raw};

const HEADER: usize = 9;
const READ: u32 = 256 << 10;
/// Written at a time: a call carries no more than a frame does.
const PIECE: usize = 256 << 10;

/// All links of a process, by their descriptors.
#[derive(Default)]
pub struct Links(RefCell<BTreeMap<i32, Rc<Link>>>);

struct Link {
    fd: i32,
    /// Called with kind, port and data of each frame; without anything at the end.
    hear: Callback,
    /// The beginning of a frame whose rest has not come.
    partial: RefCell<Vec<u8>>,
    /// What the other side has had no room for.
    unsent: RefCell<VecDeque<u8>>,
    ended: Cell<bool>,
    watched: Cell<u8>,
}

impl Links {
    /// Hears what has come over any of them.
    pub fn read_all(ctx: &Ctx<'_>, env: &Env) {
        let links: Vec<Rc<Link>> = env.links.0.borrow().values().cloned().collect();
        for link in links {
            link.read(ctx, env);
        }
    }

    /// As [`Self::read_all`], over one. Whether the descriptor is a link's.
    pub fn read_one(ctx: &Ctx<'_>, env: &Env, fd: i32) -> bool {
        let Some(link) = env.links.0.borrow().get(&fd).cloned() else { return false };
        link.flush(env);
        link.read(ctx, env);
        link.watch(env);
        true
    }
}

/// Adds `openLink`, `send` and `drainLink`.
pub fn install<'js>(ops: &Object<'js>) -> Result<()> {
    method(ops, "openLink", |ctx: Ctx<'js>, fd: i32, hear: Function<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let link = Rc::new(Link {
            fd,
            hear: Persistent::save(&ctx, hear),
            partial: RefCell::default(),
            unsent: RefCell::default(),
            ended: Cell::new(false),
            watched: Cell::new(0),
        });
        link.watch(&env);
        env.links.0.borrow_mut().insert(fd, link);
        Ok(())
    })?;
    method(ops, "send", |ctx: Ctx<'js>, fd: i32, kind: u8, port: u32, data: Value<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let link = env.links.0.borrow().get(&fd).cloned();
        if let Some(link) = link {
            let bytes = Bytes::of(&data);
            link.send(&env, kind, port, bytes.as_ref().map(|bytes| bytes.as_slice()).unwrap_or_default());
        }
        Ok(())
    })?;
    // Hears what has come already.
    method(ops, "drainLink", |ctx: Ctx<'js>, fd: i32| -> Result<()> {
        let env = Env::of(&ctx)?;
        let link = env.links.0.borrow().get(&fd).cloned();
        if let Some(link) = link {
            link.read(&ctx, &env);
        }
        Ok(())
    })
}

impl Link {
    fn watch(self: &Rc<Self>, env: &Env) {
        let wanted = if self.unsent.borrow().is_empty() { READABLE } else { READABLE | WRITABLE };
        if self.ended.get() || self.watched.get() == wanted {
            return;
        }
        let link: Weak<Self> = Rc::downgrade(self);
        let ready = move |ctx: &Ctx<'_>, mask: u8| {
            if let (Some(link), Ok(env)) = (link.upgrade(), Env::of(ctx)) {
                if mask & WRITABLE != 0 {
                    link.flush(&env);
                }
                if mask & !WRITABLE != 0 {
                    link.read(ctx, &env);
                }
                link.watch(&env);
            }
        };
        if env.watch(self.fd, wanted, Rc::new(ready)).is_ok() {
            self.watched.set(wanted);
        }
    }

    fn send(self: &Rc<Self>, env: &Env, kind: u8, port: u32, data: &[u8]) {
        if self.ended.get() {
            return;
        }
        let Ok(len) = u32::try_from(data.len() + HEADER - 4) else { return };
        {
            let mut unsent = self.unsent.borrow_mut();
            unsent.extend(len.to_le_bytes());
            unsent.push_back(kind);
            unsent.extend(port.to_le_bytes());
            unsent.extend(data);
        }
        self.flush(env);
        self.watch(env);
    }

    /// Writes as much as there is room for.
    fn flush(&self, env: &Env) {
        let mut unsent = self.unsent.borrow_mut();
        while !unsent.is_empty() {
            let piece = unsent.as_slices().0;
            match env.write(self.fd, &piece[..piece.len().min(PIECE)], -1) {
                Ok(done) if done.written > 0 => drop(unsent.drain(..done.written as usize)),
                Ok(_) | Err(Errno::EAGAIN) => return,
                // The end is heard where it is read.
                Err(_) => unsent.clear(),
            }
        }
    }

    fn read(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env) {
        while !self.ended.get() {
            match env.read(self.fd, READ, -1) {
                Ok(found) if !found.data.is_empty() => {
                    self.partial.borrow_mut().extend_from_slice(&found.data);
                    self.hear_frames(ctx, env);
                }
                Err(Errno::EAGAIN) => return,
                _ => self.end(ctx, env),
            }
        }
    }

    fn hear_frames(&self, ctx: &Ctx<'_>, env: &Env) {
        // A long frame comes in many pieces, and is not copied for each.
        if split(&self.partial.borrow()).is_none() {
            return;
        }
        let bytes = std::mem::take(&mut *self.partial.borrow_mut());
        let mut rest = bytes.as_slice();
        while let Some((frame, after)) = split(rest) {
            rest = after;
            let (head, data) = frame.split_at(HEADER);
            let port = head.get(5..9).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
            let kind = head.get(4).copied().unwrap_or_default();
            match TypedArray::<u8>::new_copy(ctx.clone(), data) {
                Ok(data) => self.tell(ctx, env, (kind, port, data)),
                Err(error) => crate::bindings::errors::uncaught(ctx, env, error),
            }
        }
        // What has come meanwhile stands behind.
        let mut partial = self.partial.borrow_mut();
        let newer = std::mem::replace(&mut *partial, rest.to_vec());
        partial.extend_from_slice(&newer);
    }

    fn tell<'js, A: rquickjs::function::IntoArgs<'js>>(&self, ctx: &Ctx<'js>, env: &Env, args: A) {
        raw::forget_throw(ctx);
        if let Ok(hear) = self.hear.clone().restore(ctx) {
            env.call_caught(ctx, Value::new_undefined(ctx.clone()), &hear, args);
        }
    }

    fn end(&self, ctx: &Ctx<'_>, env: &Env) {
        self.ended.set(true);
        env.unwatch(self.fd);
        let _closed = env.close(self.fd);
        env.links.0.borrow_mut().remove(&self.fd);
        self.tell(ctx, env, ());
    }
}

/// The first whole frame.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let end = len.max(HEADER - 4).checked_add(4)?;
    bytes.split_at_checked(end)
}

/// Sends what has not been sent, before the process ends.
pub fn settle(env: &Env) {
    let links: Vec<Rc<Link>> = env.links.0.borrow().values().cloned().collect();
    for link in links {
        loop {
            link.flush(env);
            if link.unsent.borrow().is_empty() || block_on(env, link.fd, WRITABLE).is_err() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn frames_are_taken_whole() {
        let frame = [6, 0, 0, 0, 1, 2, 0, 0, 0, 99];
        for end in 0..frame.len() {
            assert_eq!(split(&frame[..end]), None);
        }
        assert_eq!(split(&[&frame[..], &frame[..3]].concat()), Some((&frame[..], &frame[..3])));
        assert_eq!(split(&[0, 0, 0, 0, 1]), None, "shorter than its header");
    }
}
