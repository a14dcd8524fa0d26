//! A stream over a descriptor: libuv's `uv_stream_t` with Node's `LibuvStreamWrap` on top.
//!
//! Writing is tried at once; what a descriptor does not take waits in a queue until it is writable. Reading goes on while the stream is started. A watch
//! is left in place when reading stops (a stream stops and starts all the time): readiness that comes meanwhile is remembered in `held`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use porthole_abi::flags::{ERROR, HANGUP, READABLE, SHUT_WR, WRITABLE};
use porthole_abi::{Address, Errno, Syscalls};
use rquickjs::{ArrayBuffer, Ctx, Function, Object, Persistent, Value};

use super::{Handles, UV_EOF, block_on, callback, state, status, uv};
use crate::Env;
use crate::bindings::buffer::Bytes;
use crate::continuation::Frame;
use crate::event_loop::HandleId;

/// Bytes that one read asks for, as libuv's.
const READ: u32 = 64 * 1024;
/// Reads in a row before others have their turn.
const READS_A_TURN: usize = 16;
/// Bytes that one write carries.
const PIECE: usize = 1 << 20;

pub struct Stream {
    pub id: HandleId,
    pub(super) fd: Cell<i32>,
    pub(super) reading: Cell<bool>,
    /// Called with the new descriptor of each connection.
    pub(super) listening: RefCell<Option<Persistent<Function<'static>>>>,
    pub(super) connecting: RefCell<Option<Request>>,
    pub(super) bound: RefCell<Option<Address>>,
    writes: RefCell<VecDeque<Write>>,
    shutdown: RefCell<Option<Request>>,
    user_buffer: RefCell<Option<Persistent<Value<'static>>>>,
    blocking: Cell<bool>,
    /// What the kernel watches for us.
    watched: Cell<u8>,
    /// Readiness that nobody wanted when it came.
    held: Cell<u8>,
    closed: Cell<bool>,
    bytes_read: Cell<f64>,
    bytes_written: Cell<f64>,
    consumer: RefCell<Option<Consumer>>,
}

/// Takes what a stream reads before JavaScript would: the bytes, or at the end an empty slice and a status below zero.
pub type Consumer = Rc<dyn for<'js> Fn(&Ctx<'js>, &[u8], i32)>;

/// A write that the descriptor did not take whole.
struct Write {
    data: Vec<u8>,
    done: usize,
    request: Request,
}

/// A request object whose `oncomplete` is owed.
pub struct Request {
    object: Persistent<Object<'static>>,
    frame: Frame,
    is_connect: bool,
}

impl Request {
    pub(super) fn new<'js>(ctx: &Ctx<'js>, object: Object<'js>, is_connect: bool) -> Self {
        Self { object: Persistent::save(ctx, object), frame: Frame::now(ctx), is_connect }
    }

    /// Calls `oncomplete(status, handle, …)`.
    pub fn complete(self, ctx: &Ctx<'_>, env: &Env, status: i32, handle: Option<Persistent<Object<'static>>>) {
        let Ok(request) = self.object.restore(ctx) else { return };
        let handle = handle.and_then(|handle| handle.restore(ctx).ok());
        if self.is_connect {
            callback(ctx, env, &self.frame, &request, "oncomplete", (status, handle, request.clone(), true, true));
        } else {
            callback(ctx, env, &self.frame, &request, "oncomplete", (status, handle, Value::new_undefined(ctx.clone())));
        }
    }
}

impl Stream {
    pub(super) fn new(id: HandleId, fd: i32) -> Self {
        Self {
            id,
            fd: Cell::new(fd),
            reading: Cell::new(false),
            listening: RefCell::default(),
            connecting: RefCell::default(),
            bound: RefCell::default(),
            writes: RefCell::default(),
            shutdown: RefCell::default(),
            user_buffer: RefCell::default(),
            blocking: Cell::new(false),
            watched: Cell::new(0),
            held: Cell::new(0),
            closed: Cell::new(false),
            bytes_read: Cell::new(0.0),
            bytes_written: Cell::new(0.0),
            consumer: RefCell::default(),
        }
    }

    pub fn fd(&self) -> i32 {
        self.fd.get()
    }

    /// Takes a descriptor over.
    pub fn adopt(&self, fd: i32) {
        self.fd.set(fd);
        self.watched.set(0);
        self.held.set(0);
    }

    pub fn bytes_read(&self) -> f64 {
        self.bytes_read.get()
    }

    pub fn bytes_written(&self) -> f64 {
        self.bytes_written.get()
    }

    /// Bytes that wait to be written.
    pub fn queue_size(&self) -> usize {
        self.writes.borrow().iter().map(|write| write.data.len() - write.done).sum()
    }

    /// Whether a write waits until everything is taken.
    pub fn set_blocking(&self, blocking: bool) {
        self.blocking.set(blocking);
    }

    /// Reads go into this view; a call of `onread` may answer the next one.
    pub fn use_user_buffer<'js>(&self, ctx: &Ctx<'js>, buffer: Value<'js>) {
        *self.user_buffer.borrow_mut() = Some(Persistent::save(ctx, buffer));
    }

    /// Sends what is read to `consumer`, or with `None` to JavaScript again.
    pub fn set_consumer(&self, consumer: Option<Consumer>) {
        *self.consumer.borrow_mut() = consumer;
    }

    // ---- reading

    pub fn read_start(self: &Rc<Self>, env: &Env) -> i32 {
        if self.closed.get() || self.fd.get() < 0 {
            return uv(Errno::EBADF);
        }
        self.reading.set(true);
        self.update(env)
    }

    pub fn read_stop(self: &Rc<Self>, env: &Env) -> i32 {
        self.reading.set(false);
        self.update(env)
    }

    /// Asks the kernel for what is wanted now, and tells the loop whether this handle keeps it alive.
    pub(super) fn update(self: &Rc<Self>, env: &Env) -> i32 {
        let receives = self.reading.get() || self.listening.borrow().is_some();
        env.event_loop.set_active(self.id, receives);
        let mut wanted = if receives { READABLE } else { 0 };
        if !self.writes.borrow().is_empty() || self.connecting.borrow().is_some() {
            wanted |= WRITABLE;
        }
        let fd = self.fd.get();
        if fd < 0 || self.closed.get() {
            return 0;
        }
        let watched = self.watched.get();
        let missing = wanted & !watched;
        let idle = watched & WRITABLE & !wanted;
        // Readiness that is held keeps the kernel silent about the descriptor: where something else is awaited, it must not be announced again.
        let held = self.held.get();
        let silenced = held != 0 && wanted & WRITABLE != 0 && watched & READABLE != 0 && !receives;
        if missing != 0 || idle != 0 || silenced {
            let mask = wanted | if held == 0 { watched & READABLE } else { 0 };
            let stream = Rc::downgrade(self);
            let ready = move |ctx: &Ctx<'_>, mask: u8| {
                if let Some(stream) = stream.upgrade() {
                    stream.ready(ctx, mask);
                }
            };
            if let Err(errno) = env.watch(fd, mask, Rc::new(ready)) {
                return uv(errno);
            }
            self.watched.set(mask);
        }
        if receives && held != 0 {
            self.held.set(0);
            let stream = self.clone();
            env.event_loop.next(move |ctx| stream.ready(ctx, held));
        }
        0
    }

    fn ready(self: &Rc<Self>, ctx: &Ctx<'_>, mask: u8) {
        let Ok(env) = Env::of(ctx) else { return };
        if self.closed.get() {
            return;
        }
        if mask & (WRITABLE | HANGUP | ERROR) != 0 {
            if self.connecting.borrow().is_some() {
                self.connected(ctx, &env);
            }
            // What was written on the way is due as soon as the socket is there.
            if self.connecting.borrow().is_none() && !self.writes.borrow().is_empty() {
                self.flush(ctx, &env);
            }
        }
        if mask & (READABLE | HANGUP | ERROR) != 0 && !self.closed.get() {
            if self.listening.borrow().is_some() {
                self.accept(ctx, &env);
            } else if self.reading.get() {
                self.read(ctx, &env);
            } else {
                self.held.set(self.held.get() | mask & (READABLE | HANGUP | ERROR));
            }
        }
        if !self.closed.get() {
            self.update(&env);
        }
    }

    fn read(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env) {
        for _ in 0..READS_A_TURN {
            match env.read(self.fd.get(), READ, -1) {
                Ok(reply) if reply.data.is_empty() => {
                    self.reading.set(false);
                    self.report(ctx, env, Vec::new(), UV_EOF);
                    return;
                }
                Ok(reply) => {
                    let full = reply.data.len() >= READ as usize;
                    self.bytes_read.set(self.bytes_read.get() + reply.data.len() as f64);
                    self.report(ctx, env, reply.data, 0);
                    if !full || !self.reading.get() || self.closed.get() || env.exiting().is_some() {
                        return;
                    }
                }
                Err(Errno::EAGAIN) => return,
                Err(errno) => {
                    self.reading.set(false);
                    self.report(ctx, env, Vec::new(), uv(errno));
                    return;
                }
            }
        }
        // Others' turn; nothing will be announced until the next read.
        self.held.set(READABLE);
    }

    /// Calls `onread`, or the consumer. `status` below zero: the end or an error.
    fn report(&self, ctx: &Ctx<'_>, env: &Env, data: Vec<u8>, status: i32) {
        let consumer = self.consumer.borrow().clone();
        if let Some(consumer) = consumer {
            return consumer(ctx, &data, status);
        }
        self.deliver(ctx, env, data, status);
    }

    /// Calls JavaScript's `onread`, whoever else consumes.
    pub fn deliver(&self, ctx: &Ctx<'_>, env: &Env, data: Vec<u8>, status: i32) {
        let handles = Handles::of(ctx);
        let Some(object) = handles.object(ctx, self.id) else { return };
        let frame = handles.frame(self.id);
        let user_buffer = self.user_buffer.borrow().clone().and_then(|buffer| buffer.restore(ctx).ok());
        let Some(view) = user_buffer else {
            let count = data.len() as i32;
            let buffer = match count {
                0 => Value::new_undefined(ctx.clone()),
                _ => match ArrayBuffer::new(ctx.clone(), data) {
                    Ok(buffer) => buffer.into_value(),
                    Err(error) => return crate::bindings::errors::uncaught(ctx, env, error),
                },
            };
            handles.set_state(state::READ_BYTES_OR_ERROR, if status < 0 { status } else { count });
            handles.set_state(state::ARRAY_BUFFER_OFFSET, 0);
            callback(ctx, env, &frame, &object, "onread", (buffer,));
            return;
        };
        let mut rest = data.as_slice();
        let mut view = view;
        loop {
            let mut count = 0;
            if let Some(mut bytes) = Bytes::of(&view) {
                let target = bytes.as_mut_slice();
                count = rest.len().min(target.len());
                target[..count].copy_from_slice(&rest[..count]);
            }
            rest = &rest[count..];
            handles.set_state(state::READ_BYTES_OR_ERROR, if status < 0 { status } else { count as i32 });
            let next = callback(ctx, env, &frame, &object, "onread", ());
            if let Some(next) = next.filter(|next| next.is_object()) {
                self.use_user_buffer(ctx, next.clone());
                view = next;
            }
            if rest.is_empty() || count == 0 || self.closed.get() {
                return;
            }
        }
    }

    // ---- writing

    /// Writes, now as far as possible and the rest later. Sets `streamBaseState`; 0 or a status below zero.
    pub fn write<'js>(self: &Rc<Self>, ctx: &Ctx<'js>, env: &Env, request: Object<'js>, data: &[u8]) -> i32 {
        let handles = Handles::of(ctx);
        handles.set_state(state::BYTES_WRITTEN, data.len() as i32);
        handles.set_state(state::LAST_WRITE_WAS_ASYNC, 0);
        if self.closed.get() || self.fd.get() < 0 {
            return uv(Errno::EBADF);
        }
        self.bytes_written.set(self.bytes_written.get() + data.len() as f64);
        let mut done = 0;
        if self.writes.borrow().is_empty() && self.connecting.borrow().is_none() {
            match self.push(env, data, &mut done) {
                Ok(()) | Err(Errno::EAGAIN) => {}
                Err(errno) => return uv(errno),
            }
            if done >= data.len() {
                return 0;
            }
        }
        let request = Request::new(ctx, request, false);
        self.writes.borrow_mut().push_back(Write { data: data[done..].to_vec(), done: 0, request });
        env.event_loop.begin_request();
        handles.set_state(state::LAST_WRITE_WAS_ASYNC, 1);
        self.update(env)
    }

    /// Writes `data` from `done` on, as far as the descriptor takes it.
    fn push(&self, env: &Env, data: &[u8], done: &mut usize) -> Result<(), Errno> {
        while *done < data.len() {
            let end = (*done + PIECE).min(data.len());
            match env.write(self.fd.get(), &data[*done..end], -1) {
                Ok(reply) => *done += reply.written as usize,
                Err(Errno::EAGAIN) if self.blocking.get() => block_on(env, self.fd.get(), WRITABLE)?,
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    fn flush(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env) {
        while !self.closed.get() {
            let Some(mut write) = self.writes.borrow_mut().pop_front() else { break };
            let outcome = self.push(env, &write.data, &mut write.done);
            if outcome == Err(Errno::EAGAIN) {
                self.writes.borrow_mut().push_front(write);
                return;
            }
            env.event_loop.end_request();
            let handle = Handles::of(ctx).object(ctx, self.id).map(|object| Persistent::save(ctx, object));
            write.request.complete(ctx, env, status(outcome), handle);
        }
        if !self.closed.get() {
            self.finish_shutdown(env);
        }
    }

    /// Ends the writing side once all is written.
    pub fn shutdown<'js>(self: &Rc<Self>, ctx: &Ctx<'js>, env: &Env, request: Object<'js>) -> i32 {
        if self.closed.get() || self.fd.get() < 0 {
            return uv(Errno::ENOTCONN);
        }
        *self.shutdown.borrow_mut() = Some(Request::new(ctx, request, false));
        env.event_loop.begin_request();
        if self.writes.borrow().is_empty() && self.connecting.borrow().is_none() {
            self.finish_shutdown(env);
        }
        0
    }

    pub(super) fn finish_shutdown(self: &Rc<Self>, env: &Env) {
        let Some(request) = self.shutdown.borrow_mut().take() else { return };
        let outcome = match Syscalls::shutdown(env, self.fd.get(), SHUT_WR) {
            // A pipe's writing end has no other side: closing it is what ends it.
            Ok(_) | Err(Errno::ENOTSOCK) => 0,
            Err(errno) => uv(errno),
        };
        let stream = self.clone();
        env.event_loop.next(move |ctx| {
            let Ok(env) = Env::of(ctx) else { return };
            env.event_loop.end_request();
            let handle = Handles::of(ctx).object(ctx, stream.id).map(|object| Persistent::save(ctx, object));
            request.complete(ctx, &env, outcome, handle);
        });
    }

    // ---- the end

    /// Gives the descriptor back; answers the requests that nobody will complete now.
    pub(super) fn close(&self, env: &Env) -> Vec<Request> {
        self.closed.set(true);
        self.reading.set(false);
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // The kernel forgets the watch with the descriptor.
            env.event_loop.watches.borrow_mut().remove(&fd);
            let _ = Syscalls::close(env, fd);
        }
        // As libuv: the name that `bind` made goes with the listener.
        if let (Some(address), true) = (self.bound.borrow_mut().take(), self.listening.borrow().is_some())
            && address.family == porthole_abi::address::UNIX
        {
            let _ = env.unlink(&address.host);
        }
        *self.listening.borrow_mut() = None;
        *self.consumer.borrow_mut() = None;
        *self.user_buffer.borrow_mut() = None;
        let mut cancelled = Vec::new();
        cancelled.extend(self.connecting.borrow_mut().take());
        cancelled.extend(self.writes.borrow_mut().drain(..).map(|write| write.request));
        cancelled.extend(self.shutdown.borrow_mut().take());
        cancelled
    }
}
