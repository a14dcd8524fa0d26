//! What libuv's handles are to Node: streams, listeners, and the small things that keep a loop alive.
//!
//! A handle is known by a number, its [`HandleId`]; JavaScript's object holds that number and nothing else of ours. The object is kept alive from its
//! making to its closing.
//!
//! - [`stream`]: reading, writing and their back-pressure, over a descriptor of any kind.
//! - [`socket`]: binding, listening, accepting, connecting.
//! - [`wait`]: waiting for one descriptor alone, for synchronous calls.

pub mod socket;
pub mod stream;
pub mod wait;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_abi::Errno;
use rquickjs::function::IntoArgs;
use rquickjs::{Ctx, JsLifetime, Object, Persistent, Result, Value};

use crate::Env;
use crate::continuation::Frame;
use crate::event_loop::HandleId;
use crate::raw::Shared;

pub use stream::Stream;
pub use wait::block_on;

/// libuv's number for the end of a stream.
pub const UV_EOF: i32 = -4095;

/// libuv's number for an errno: below zero.
pub fn uv(errno: Errno) -> i32 {
    -i32::from(errno.number())
}

/// 0, or libuv's number for what went wrong.
pub fn status<T>(result: std::result::Result<T, Errno>) -> i32 {
    result.map_or_else(uv, |_| 0)
}

/// All handles of a process.
#[derive(Clone, Default)]
pub struct Handles(Rc<Table>);

#[derive(Default)]
struct Table {
    objects: RefCell<BTreeMap<u32, (Persistent<Object<'static>>, Frame)>>,
    streams: RefCell<BTreeMap<u32, Rc<Stream>>>,
    /// `streamBaseState`: see [`state`].
    state: Shared<i32>,
    state_made: Cell<bool>,
}

/// Places in `streamBaseState`.
pub mod state {
    pub const READ_BYTES_OR_ERROR: usize = 0;
    pub const ARRAY_BUFFER_OFFSET: usize = 1;
    pub const BYTES_WRITTEN: usize = 2;
    pub const LAST_WRITE_WAS_ASYNC: usize = 3;
    pub const LEN: usize = 4;
}

// SAFETY: it holds `Persistent`s alone.
unsafe impl<'js> JsLifetime<'js> for Handles {
    type Changed<'to> = Handles;
}

impl Handles {
    pub fn of(ctx: &Ctx<'_>) -> Self {
        if let Some(handles) = ctx.userdata::<Handles>() {
            return handles.clone();
        }
        let handles = Handles::default();
        let _ = ctx.store_userdata(handles.clone());
        handles
    }

    /// Makes `streamBaseState`; once a process.
    pub fn create_state<'js>(&self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        self.0.state_made.set(true);
        self.0.state.create(ctx, "Int32Array", state::LEN)
    }

    pub fn set_state(&self, at: usize, value: i32) {
        self.0.state.set(at, value);
    }

    /// A new handle of libuv's kind `kind`, for the JavaScript object `object`.
    pub fn open<'js>(&self, ctx: &Ctx<'js>, object: Object<'js>, kind: &str) -> Result<HandleId> {
        let env = Env::of(ctx)?;
        let id = env.event_loop.open_handle(kind_name(kind));
        self.0.objects.borrow_mut().insert(id.0, (Persistent::save(ctx, object), Frame::now(ctx)));
        Ok(id)
    }

    /// The JavaScript object, until the handle is closed.
    pub fn object<'js>(&self, ctx: &Ctx<'js>, id: HandleId) -> Option<Object<'js>> {
        self.0.objects.borrow().get(&id.0).cloned().and_then(|(object, _)| object.restore(ctx).ok())
    }

    /// Objects of all handles that are open and referenced.
    pub fn active<'js>(&self, ctx: &Ctx<'js>) -> Vec<Object<'js>> {
        let Ok(env) = Env::of(ctx) else { return Vec::new() };
        let ids: Vec<HandleId> = self.0.objects.borrow().keys().map(|id| HandleId(*id)).collect();
        ids.into_iter().filter(|id| env.event_loop.has_ref(*id)).filter_map(|id| self.object(ctx, id)).collect()
    }

    /// The asynchronous context that the handle was made in.
    pub fn frame(&self, id: HandleId) -> Frame {
        self.0.objects.borrow().get(&id.0).map(|(_, frame)| frame.clone()).unwrap_or_default()
    }

    /// What the handle calls back runs in no asynchronous context.
    pub fn leave_context(&self, id: HandleId) {
        if let Some((_, frame)) = self.0.objects.borrow_mut().get_mut(&id.0) {
            *frame = Frame::default();
        }
    }

    pub fn stream(&self, id: HandleId) -> Option<Rc<Stream>> {
        self.0.streams.borrow().get(&id.0).cloned()
    }

    /// Makes the handle a stream over `fd`, or over no descriptor yet (−1).
    pub fn add_stream(&self, id: HandleId, fd: i32) -> Rc<Stream> {
        let stream = Rc::new(Stream::new(id, fd));
        self.0.streams.borrow_mut().insert(id.0, stream.clone());
        stream
    }

    /// Closes the handle. Its object hears of it through the function that it keeps under `symbol`, in the loop's closing phase.
    pub fn close(&self, ctx: &Ctx<'_>, env: &Env, id: HandleId) {
        let stream = self.0.streams.borrow_mut().remove(&id.0);
        let cancelled = stream.map(|stream| stream.close(env)).unwrap_or_default();
        let (object, frame) = self.0.objects.borrow_mut().remove(&id.0).unzip();
        let frame = frame.unwrap_or_default();
        let _ = ctx;
        env.event_loop.close_handle(id, move |ctx| {
            let Ok(env) = Env::of(ctx) else { return };
            for request in cancelled {
                env.event_loop.end_request();
                request.complete(ctx, &env, uv(Errno::ECANCELED), object.clone());
            }
            if let Some(object) = object.and_then(|object| object.restore(ctx).ok()) {
                callback(ctx, &env, &frame, &object, "porthole_closed", ());
            }
        });
    }
}

/// The names that `process.getActiveResourcesInfo()` shows.
fn kind_name(kind: &str) -> &'static str {
    const KINDS: &[&str] = &[
        "TCPSocketWrap",
        "TCPServerWrap",
        "PipeWrap",
        "PipeServerWrap",
        "TTYWrap",
        "ProcessWrap",
        "SignalWrap",
        "FSEventWrap",
        "StatWatcher",
        "UDPWrap",
    ];
    KINDS.iter().find(|known| **known == kind).copied().unwrap_or("Handle")
}

/// Calls a method of a handle or a request as libuv's callbacks do: afterwards next ticks and microtasks run. An exception becomes the process's.
/// Nothing happens where the method is missing.
pub fn callback<'js, A: IntoArgs<'js>>(ctx: &Ctx<'js>, env: &Env, frame: &Frame, object: &Object<'js>, name: &str, args: A) -> Option<Value<'js>> {
    frame.enter(ctx, || crate::bindings::async_wrap::method_callback(ctx, env, object, name, args))
}
