//! The state of one process: what the C++ `Environment` is to Node.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use porthole_abi::wire::List;
use porthole_abi::{Errno, Syscalls, event};
use rquickjs::function::{Args, IntoArgs};
use rquickjs::{Ctx, Function, IntoJs, JsLifetime, Object, Persistent, Result, Value};

use crate::calls::Calls;
use crate::event_loop::{EventLoop, Ready, Signalled};
use crate::host::Host;
use crate::raw::Shared;

/// A function of Node's library that outlives a call.
pub type Callback = Persistent<Function<'static>>;
/// An object that outlives a call.
pub type Kept = Persistent<Object<'static>>;

/// What Node's library registered with us while it booted.
#[derive(Default)]
pub struct Callbacks {
    pub tick: Option<Callback>,
    pub process_immediate: Option<Callback>,
    pub process_timers: Option<Callback>,
    pub promise_reject: Option<Callback>,
    pub prepare_stack_trace: Option<Callback>,
    pub before_inspector: Option<Callback>,
    pub after_inspector: Option<Callback>,
    pub emit_warning_sync: Option<Callback>,
    pub import_module_dynamically: Option<Callback>,
    pub initialize_import_meta: Option<Callback>,
}

pub struct Env {
    host: Box<dyn Host>,
    pub event_loop: EventLoop,
    pub callbacks: RefCell<Callbacks>,
    pub modules: crate::bindings::module_wrap::Modules,
    /// `[hasTickScheduled, hasRejectionToWarn]`.
    pub tick_info: Shared<u8>,
    /// How many hooks there are of each kind (`lib/async_wrap.js`).
    pub async_hook_fields: Shared<u32>,
    pub promise_hooks: crate::bindings::async_wrap::PromiseHooks,
    /// `[count, refCount, hasOutstanding]`.
    pub immediate_info: Shared<u32>,
    /// How many timers are referenced.
    pub timeout_info: Shared<u32>,
    /// `[kExiting, kExitCode, kHasExitCode]`.
    pub exit_info: Shared<i32>,
    pub process: RefCell<Option<Kept>>,
    pub primordials: RefCell<Option<Kept>>,
    pub private_symbols: RefCell<Option<Kept>>,
    pub isolate_symbols: RefCell<Option<Kept>>,
    pub internal_binding: RefCell<Option<Callback>>,
    pub require_builtin: RefCell<Option<Callback>>,
    /// What the per-context scripts export (`DOMException`, `emitMessage`).
    pub context_exports: RefCell<Option<Kept>>,
    pub prelude: RefCell<Option<Kept>>,
    /// What weak references point at and must not lose before the job is over.
    pub kept: RefCell<Option<Kept>>,
    pub hrtime: Shared<u32>,
    pub packages: RefCell<crate::bindings::modules::Packages>,
    pub start: RefCell<porthole_abi::reply::Start>,
    /// What this process is told as somebody's thread.
    pub thread: RefCell<Option<crate::bindings::worker::Thread>>,
    pub links: crate::bindings::worker::link::Links,
    /// Milliseconds of `now_us` when the process began.
    pub born_ms: f64,
    /// When the bootstrap was complete, on the loop's clock; −1 before.
    pub bootstrapped_ms: Cell<f64>,
    pub(crate) calls: Calls,
    /// What `os.setPriority` was told.
    pub priority: Cell<i32>,
    /// When the script that runs is to be broken off, on the loop's clock.
    pub deadline: Cell<f64>,
    /// It has been.
    pub is_late: Cell<bool>,
    /// The class of the global objects of `vm`'s contexts.
    pub windows: crate::bindings::contextify::window::Class,
    callback_depth: Cell<u32>,
    exit: Cell<Option<i32>>,
}

struct EnvRef(Rc<Env>);

// SAFETY: an Env holds no value with a JavaScript lifetime, only `Persistent`s.
unsafe impl<'js> JsLifetime<'js> for EnvRef {
    type Changed<'to> = EnvRef;
}

impl Env {
    pub fn new(host: Box<dyn Host>) -> Rc<Self> {
        let born_ms = host.now_us() / 1000.0;
        Rc::new(Self {
            host,
            event_loop: EventLoop::default(),
            callbacks: RefCell::default(),
            modules: Default::default(),
            tick_info: Shared::default(),
            async_hook_fields: Shared::default(),
            promise_hooks: Default::default(),
            immediate_info: Shared::default(),
            timeout_info: Shared::default(),
            exit_info: Shared::default(),
            process: RefCell::default(),
            primordials: RefCell::default(),
            private_symbols: RefCell::default(),
            isolate_symbols: RefCell::default(),
            internal_binding: RefCell::default(),
            require_builtin: RefCell::default(),
            context_exports: RefCell::default(),
            prelude: RefCell::default(),
            kept: RefCell::default(),
            hrtime: Shared::default(),
            packages: RefCell::default(),
            bootstrapped_ms: Cell::new(-1.0),
            start: RefCell::default(),
            thread: RefCell::default(),
            links: Default::default(),
            born_ms,
            calls: Calls::default(),
            priority: Cell::new(0),
            deadline: Cell::new(f64::INFINITY),
            is_late: Cell::new(false),
            windows: Default::default(),
            callback_depth: Cell::new(0),
            exit: Cell::new(None),
        })
    }

    pub(crate) fn install(self: &Rc<Self>, ctx: &Ctx<'_>) {
        // Fails only while a guard is alive, and none can be before the engine runs.
        let _ = ctx.store_userdata(EnvRef(self.clone()));
    }

    /// The process that a context belongs to.
    ///
    /// # Errors
    /// Throws in a context that the engine did not make.
    pub fn of(ctx: &Ctx<'_>) -> Result<Rc<Env>> {
        ctx.userdata::<EnvRef>()
            .map(|env| env.0.clone())
            .ok_or_else(|| rquickjs::Exception::throw_internal(ctx, "this context belongs to no process"))
    }

    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// Milliseconds on the loop's clock.
    pub fn now_ms(&self) -> f64 {
        self.host.now_us() / 1000.0
    }

    /// Milliseconds since the process began.
    pub fn uptime_ms(&self) -> f64 {
        self.now_ms() - self.born_ms
    }

    pub(crate) fn milestone_bootstrapped(&self) {
        self.bootstrapped_ms.set(self.now_ms());
    }

    // ---- readiness, signals, children

    /// Calls `ready` at each readiness of `fd`; replaces an earlier watch of the same descriptor. Level-triggered (`porthole_abi::Event::Ready`).
    ///
    /// # Errors
    /// What the kernel answers to `watch`.
    pub fn watch(&self, fd: i32, mask: u8, ready: Ready) -> std::result::Result<(), Errno> {
        Syscalls::watch(self, fd, mask)?;
        self.event_loop.watches.borrow_mut().insert(fd, crate::event_loop::Watch { mask, ready });
        Ok(())
    }

    /// Ends a watch. Harmless where there is none. Must come before the descriptor is closed.
    pub fn unwatch(&self, fd: i32) {
        if self.event_loop.watches.borrow_mut().remove(&fd).is_some() {
            let _ = Syscalls::watch(self, fd, 0);
        }
    }

    /// Catches a signal, or with `None` gives it its default action again.
    ///
    /// # Errors
    /// What the kernel answers to `sigaction`.
    pub fn on_signal(&self, signal: u8, signalled: Option<Signalled>) -> std::result::Result<(), Errno> {
        use porthole_abi::flags::{SIG_CATCH, SIG_DFL};
        self.sigaction(signal, if signalled.is_some() { SIG_CATCH } else { SIG_DFL })?;
        let mut signals = self.event_loop.signals.borrow_mut();
        match signalled {
            Some(signalled) => signals.insert(signal, signalled),
            None => signals.remove(&signal),
        };
        Ok(())
    }

    /// Calls `ended(ctx, code, signal)` once, when child `pid` has ended. The child is reaped by the loop.
    pub fn on_child_exit(&self, pid: i32, ended: impl for<'js> FnOnce(&Ctx<'js>, i32, u8) + 'static) {
        self.event_loop.children.borrow_mut().insert(pid, Box::new(ended));
    }

    /// Waits for events at most `timeout_ms` and hands them to their listeners. For synchronous waits (`spawnSync`) use [`Self::poll_events`].
    pub(crate) fn poll(&self, ctx: &Ctx<'_>, timeout_ms: Option<u32>) {
        for event in self.poll_events(timeout_ms) {
            self.dispatch(ctx, event);
            if self.exiting().is_some() {
                return;
            }
        }
    }

    /// Hands an event to its listener in the next iteration of the loop.
    pub fn dispatch_later(&self, event: event::Event) {
        self.event_loop.next(move |ctx| {
            if let Ok(env) = Env::of(ctx) {
                env.dispatch(ctx, event);
            }
        });
    }

    fn dispatch(&self, ctx: &Ctx<'_>, event: event::Event) {
        match event {
            event::Event::Ready { fd, mask } => {
                let watch = self.event_loop.watches.borrow().get(&fd).cloned();
                if let Some(watch) = watch {
                    (watch.ready)(ctx, mask);
                }
            }
            event::Event::Signal { signal } => {
                let signalled = self.event_loop.signals.borrow().get(&signal).cloned();
                if let Some(signalled) = signalled {
                    signalled(ctx, signal);
                }
            }
            // Meant for a container's client, which no program is.
            event::Event::Port { .. } => {}
            event::Event::ChildExit { pid, code, signal } => {
                let ended = self.event_loop.children.borrow_mut().remove(&pid);
                if let Some(ended) = ended {
                    let _ = self.wait(pid);
                    ended(ctx, code, signal);
                }
            }
        }
    }

    // ---- calling into JavaScript

    /// Calls `func` as libuv's callbacks do: afterwards, when no other callback is on the stack, next ticks and microtasks run. An exception goes to
    /// `process.on('uncaughtException')` or ends the process. `None`: it threw.
    pub fn make_callback<'js, A: IntoArgs<'js>>(&self, ctx: &Ctx<'js>, this: Value<'js>, func: &Function<'js>, args: A) -> Option<Value<'js>> {
        let mut value = None;
        self.scope(ctx, |env| value = env.call_caught(ctx, this, func, args));
        value
    }

    /// Calls `func`; an exception is dealt with as an uncaught one. `None`: it threw.
    pub fn call_caught<'js, A: IntoArgs<'js>>(&self, ctx: &Ctx<'js>, this: Value<'js>, func: &Function<'js>, args: A) -> Option<Value<'js>> {
        if self.exiting().is_some() {
            return None;
        }
        match call_with(ctx, func, this, args) {
            Ok(value) => Some(value),
            Err(error) => {
                crate::bindings::errors::uncaught(ctx, self, error);
                None
            }
        }
    }

    /// Runs `body` as one callback from the loop: next ticks and microtasks run after it, unless it is inside another one.
    pub fn scope(&self, ctx: &Ctx<'_>, body: impl FnOnce(&Self)) {
        self.callback_depth.set(self.callback_depth.get() + 1);
        body(self);
        let depth = self.callback_depth.get() - 1;
        self.callback_depth.set(depth);
        if depth == 0 {
            self.drain(ctx);
            self.let_go(ctx);
        }
    }

    /// [`Self::make_callback`] of a method, if the object has one.
    pub fn make_method_callback<'js, A: IntoArgs<'js>>(&self, ctx: &Ctx<'js>, this: &Object<'js>, name: &str, args: A) -> Option<Value<'js>> {
        match this.get::<_, Value>(name) {
            Ok(value) => match value.into_function() {
                Some(func) => self.make_callback(ctx, this.clone().into_value(), &func, args),
                None => None,
            },
            Err(error) => {
                crate::bindings::errors::uncaught(ctx, self, error);
                None
            }
        }
    }

    /// Runs next ticks and microtasks, as `InternalCallbackScope` does on closing.
    pub fn drain(&self, ctx: &Ctx<'_>) {
        const HAS_TICK: usize = 0;
        const HAS_REJECTION: usize = 1;
        if self.exiting().is_some() {
            return;
        }
        if self.tick_info.get(HAS_TICK) == 0 {
            self.run_microtasks(ctx);
        }
        if self.tick_info.get(HAS_TICK) == 0 && self.tick_info.get(HAS_REJECTION) == 0 {
            return;
        }
        let tick = self.callbacks.borrow().tick.clone();
        let (Some(tick), Some(process)) = (tick, self.process_object(ctx)) else { return };
        let Ok(tick) = tick.restore(ctx) else { return };
        self.callback_depth.set(self.callback_depth.get() + 1);
        // What is left of the queue still runs when a handler took an error.
        while self.call_caught(ctx, process.clone().into_value(), &tick, ()).is_none() && self.exiting().is_none() {}
        self.callback_depth.set(self.callback_depth.get() - 1);
    }

    /// Forgets what weak references have kept for the job that is over.
    fn let_go(&self, ctx: &Ctx<'_>) {
        let kept = self.kept.borrow().clone();
        if let Some(Ok(kept)) = kept.map(|kept| kept.restore(ctx)) {
            // SAFETY: shortens an array of ours.
            unsafe { rquickjs::qjs::JS_SetLength(ctx.as_raw().as_ptr(), kept.as_raw(), 0) };
        }
    }

    /// Runs promise jobs until there are none.
    pub fn run_microtasks(&self, ctx: &Ctx<'_>) {
        while self.exiting().is_none() {
            match crate::raw::run_job(ctx) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => crate::bindings::errors::uncaught(ctx, self, error),
            }
        }
    }

    pub fn process_object<'js>(&self, ctx: &Ctx<'js>) -> Option<Object<'js>> {
        self.process.borrow().clone().and_then(|process| process.restore(ctx).ok())
    }

    /// `internalBinding(name)`.
    pub fn binding<'js>(&self, ctx: &Ctx<'js>, name: &str) -> Result<Object<'js>> {
        let internal_binding = self.internal_binding.borrow().clone();
        match internal_binding {
            Some(func) => func.restore(ctx)?.call((name,)),
            None => crate::bindings::get(ctx, name),
        }
    }

    // ---- the end

    /// The exit code, once the process has begun to end: no more JavaScript may run.
    pub fn exiting(&self) -> Option<i32> {
        self.exit.get()
    }

    /// Ends the process. Gives an error to return from a native function: it unwinds all JavaScript and cannot be caught by it.
    pub fn exit(&self, ctx: &Ctx<'_>, code: i32) -> rquickjs::Error {
        if self.exit.get().is_none() {
            self.end(code);
        }
        crate::raw::throw_uncatchable(ctx)
    }

    /// Nothing that was written without waiting is lost in silence: a program that did not hear of it ends as one that failed.
    fn end(&self, code: i32) {
        crate::bindings::worker::link::settle(self);
        self.settle();
        let code = match self.take_late() {
            Some(late) => {
                crate::bindings::errors::write_all(self, 2, format!("Error: {}\n", late.message()).as_bytes());
                if code == 0 { 1 } else { code }
            }
            None => code,
        };
        self.exit.set(Some(code));
        let _ = Syscalls::exit(self, code);
    }

    /// The exit code when the loop has run dry.
    pub(crate) fn set_exit(&self, code: i32) {
        if self.exit.get().is_none() {
            self.end(code);
        }
    }
}

fn call_with<'js, A: IntoArgs<'js>>(ctx: &Ctx<'js>, func: &Function<'js>, this: Value<'js>, args: A) -> Result<Value<'js>> {
    let mut list = Args::new(ctx.clone(), args.num_args());
    list.this(this.into_js(ctx)?)?;
    args.into_args(&mut list)?;
    list.apply(func)
}

/// Byte strings of a list, as text.
pub fn texts(list: &List<Vec<u8>>) -> Vec<String> {
    list.0.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}
