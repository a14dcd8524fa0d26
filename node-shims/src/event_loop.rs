//! libuv's loop: timers, pending, poll, check, closing.
//!
//! The loop knows descriptors, jobs and handles. It does not know JavaScript's timers or immediates: Node's library keeps those and tells the loop
//! only when to call (see `bindings/timers.rs`).

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use rquickjs::Ctx;

/// Something to do once, in a phase.
pub type Job = Box<dyn for<'js> FnOnce(&Ctx<'js>)>;
/// Called at each readiness of a descriptor with `porthole_abi::flags::{READABLE, WRITABLE, HANGUP, ERROR}`.
pub type Ready = Rc<dyn for<'js> Fn(&Ctx<'js>, u8)>;
/// Called at each signal with its number.
pub type Signalled = Rc<dyn for<'js> Fn(&Ctx<'js>, u8)>;

/// A handle as libuv means it: while active and referenced it keeps the loop alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandleId(pub u32);

pub(crate) struct HandleState {
    pub kind: &'static str,
    pub active: bool,
    pub referenced: bool,
}

#[derive(Clone)]
pub(crate) struct Watch {
    pub mask: u8,
    pub ready: Ready,
}

#[derive(Default)]
pub struct EventLoop {
    pub(crate) watches: RefCell<BTreeMap<i32, Watch>>,
    pub(crate) signals: RefCell<BTreeMap<u8, Signalled>>,
    pub(crate) children: RefCell<BTreeMap<i32, Box<dyn for<'js> FnOnce(&Ctx<'js>, i32, u8)>>>,
    pub(crate) completed: RefCell<VecDeque<Job>>,
    pub(crate) pending: RefCell<VecDeque<Job>>,
    pub(crate) closing: RefCell<VecDeque<Job>>,
    pub(crate) handles: RefCell<BTreeMap<u32, HandleState>>,
    next_handle: Cell<u32>,
    requests: Cell<u32>,
    pub(crate) timer: Cell<Option<f64>>,
    pub(crate) timer_referenced: Cell<bool>,
    pub(crate) immediates_referenced: Cell<bool>,
}

impl EventLoop {
    /// Runs `job` in the poll phase of this or the next iteration; keeps the loop alive until then. For asynchronous calls whose syscall was made when they
    /// were submitted: only the callback is late.
    pub fn complete(&self, job: impl for<'js> FnOnce(&Ctx<'js>) + 'static) {
        self.completed.borrow_mut().push_back(Box::new(job));
    }

    /// Runs `job` in the pending phase of the next iteration.
    pub fn next(&self, job: impl for<'js> FnOnce(&Ctx<'js>) + 'static) {
        self.pending.borrow_mut().push_back(Box::new(job));
    }

    /// A new handle: inactive, referenced. `kind` is libuv's name (`"TCP"`), seen in `process.getActiveResourcesInfo()`.
    pub fn open_handle(&self, kind: &'static str) -> HandleId {
        let id = self.next_handle.get() + 1;
        self.next_handle.set(id);
        self.handles.borrow_mut().insert(id, HandleState { kind, active: false, referenced: true });
        HandleId(id)
    }

    /// Whether the handle does something (listens, reads, runs).
    pub fn set_active(&self, handle: HandleId, active: bool) {
        if let Some(state) = self.handles.borrow_mut().get_mut(&handle.0) {
            state.active = active;
        }
    }

    /// `ref()` and `unref()`.
    pub fn set_ref(&self, handle: HandleId, referenced: bool) {
        if let Some(state) = self.handles.borrow_mut().get_mut(&handle.0) {
            state.referenced = referenced;
        }
    }

    /// False also for a closed handle.
    pub fn has_ref(&self, handle: HandleId) -> bool {
        self.handles.borrow().get(&handle.0).is_some_and(|state| state.referenced)
    }

    /// Whether the handle is active; false for a closed one.
    pub fn is_active(&self, handle: HandleId) -> bool {
        self.handles.borrow().get(&handle.0).is_some_and(|state| state.active)
    }

    /// Forgets the handle now and runs `job` (the close callback) in the closing phase.
    pub fn close_handle(&self, handle: HandleId, job: impl for<'js> FnOnce(&Ctx<'js>) + 'static) {
        self.handles.borrow_mut().remove(&handle.0);
        self.closing.borrow_mut().push_back(Box::new(job));
    }

    /// A request (connect, write, shutdown) has begun; the loop stays alive until [`Self::end_request`].
    pub fn begin_request(&self) {
        self.requests.set(self.requests.get() + 1);
    }

    pub fn end_request(&self) {
        self.requests.set(self.requests.get().saturating_sub(1));
    }

    /// Whether anything remains that the process should wait for.
    pub fn alive(&self) -> bool {
        self.requests.get() > 0
            || (self.timer.get().is_some() && self.timer_referenced.get())
            || self.immediates_referenced.get()
            || self.busy()
            || self.handles.borrow().values().any(|state| state.active && state.referenced)
    }

    /// Whether there is work that must not wait for events.
    pub(crate) fn busy(&self) -> bool {
        !self.completed.borrow().is_empty() || !self.pending.borrow().is_empty() || !self.closing.borrow().is_empty()
    }

    /// Whether the kernel could tell this process anything.
    pub(crate) fn listens(&self) -> bool {
        !self.watches.borrow().is_empty() || !self.signals.borrow().is_empty() || !self.children.borrow().is_empty()
    }

    /// Kinds of the handles that keep the loop alive.
    pub fn active_kinds(&self) -> Vec<&'static str> {
        self.handles.borrow().values().filter(|state| state.referenced).map(|state| state.kind).collect()
    }
}
