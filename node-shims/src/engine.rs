//! Starts QuickJS, boots Node's library and runs a program to its exit code.

use std::rc::Rc;

use porthole_abi::Syscalls;
use rquickjs::{Context, Ctx, Exception, Function, Object, Persistent, Result, Runtime, Value};

use crate::env::{Env, texts};
use crate::host::{Builtin, Host};
use crate::{bindings, bytecode, run_loop};

/// The Node whose library this is.
pub const NODE_VERSION: &str = "24.12.0";

/// Exit codes that Node gives a meaning (`ExitCode` in its sources).
pub mod exit_code {
    pub const GENERIC_USER_ERROR: i32 = 1;
    /// `process._fatalException` is no function any more.
    pub const INVALID_HANDLER: i32 = 6;
    pub const EXCEPTION_IN_HANDLER: i32 = 7;
    pub const INVALID_ARGUMENT: i32 = 9;
    pub const BOOTSTRAP_FAILURE: i32 = 10;
    pub const UNSETTLED_TOP_LEVEL_AWAIT: i32 = 13;
}

/// Bytes of stack that JavaScript may use. In a browser the engine's own stack for wasm frames ends first, and that ends the process: measured in a
/// worker at about 320 KB of this stack in Chromium (600 KB when started by JSPI), 650 KB in Firefox.
#[cfg(target_arch = "wasm32")]
pub const STACK_LIMIT: usize = 288 << 10;
#[cfg(not(target_arch = "wasm32"))]
pub const STACK_LIMIT: usize = 16 << 20;

/// Runs the process that the kernel says this is (`start`) and gives its exit code.
pub fn run(host: Box<dyn Host>) -> i32 {
    let env = Env::new(host);
    match env.start() {
        Ok(start) => {
            env.calls.files.borrow_mut().start(&start);
            let mut start = start;
            *env.thread.borrow_mut() = bindings::worker::Thread::take(&mut start.env.0);
            *env.start.borrow_mut() = start;
        }
        Err(errno) => {
            env.host().log(&format!("the kernel does not know this process: {errno}"));
            return exit_code::BOOTSTRAP_FAILURE;
        }
    }
    if crate::sh::is_shell(&env) {
        let code = crate::sh::run(&env);
        env.set_exit(code);
        return code;
    }
    if let Some(code) = bindings::options::answer_before_boot(&env) {
        env.set_exit(code);
        return code;
    }
    let (runtime, context) = match machine() {
        Ok(machine) => machine,
        Err(error) => {
            env.host().log(&format!("QuickJS does not start: {error}"));
            return exit_code::BOOTSTRAP_FAILURE;
        }
    };
    let computing = env.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || {
        computing.flush_old();
        let late = computing.deadline.get().is_finite() && computing.now_ms() >= computing.deadline.get();
        if late {
            computing.is_late.set(true);
        }
        late
    })));
    let code = context.with(|ctx| {
        env.install(&ctx);
        bindings::module_wrap::install_loader(&ctx);
        if let Err(error) = boot(&ctx, &env).and_then(|main| start_main(&ctx, &env, main)) {
            bindings::errors::uncaught(&ctx, &env, error);
        }
        run_loop::run(&ctx, &env)
    });
    // The process is over: its memory goes with the worker or the thread. Freeing an object graph of this size takes longer than the exit itself.
    std::mem::forget(context);
    std::mem::forget(runtime);
    std::mem::forget(env);
    code
}

/// A QuickJS with all of its standard library.
pub fn machine() -> Result<(Runtime, Context)> {
    let runtime = Runtime::new()?;
    runtime.set_max_stack_size(STACK_LIMIT);
    // Booting makes about 20 MB of objects that all stay: collecting cycles among them finds nothing.
    runtime.set_gc_threshold(32 << 20);
    let context = Context::full(&runtime)?;
    Ok((runtime, context))
}

/// A library module as a function of [`bytecode::parameters`].
///
/// # Errors
/// Throws when the host has no such module, or has one that does not compile.
pub fn builtin<'js>(ctx: &Ctx<'js>, env: &Env, id: &str) -> Result<Function<'js>> {
    match env.host().builtin(id) {
        Some(Builtin::Bytecode(bytes)) => bytecode::load(ctx, &bytes),
        Some(Builtin::Source(text)) => bytecode::load(ctx, &bytecode::compile(ctx, id, &text)?),
        None => Err(crate::raw::throw(ctx, &format!("No such built-in module: {id}"))),
    }
}

/// Everything up to the choice of the main script, which it returns.
fn boot<'js>(ctx: &Ctx<'js>, env: &Rc<Env>) -> Result<Main<'js>> {
    let primordials = Object::new(ctx.clone())?;
    primordials.set_prototype(None)?;
    let private_symbols = bindings::symbols::private(ctx)?;
    let isolate_symbols = bindings::symbols::isolate(ctx)?;
    *env.primordials.borrow_mut() = Some(Persistent::save(ctx, primordials.clone()));
    *env.private_symbols.borrow_mut() = Some(Persistent::save(ctx, private_symbols.clone()));
    *env.isolate_symbols.borrow_mut() = Some(Persistent::save(ctx, isolate_symbols.clone()));

    // What V8 has and QuickJS lacks, before anything takes copies of it.
    bindings::errors::install(ctx, env)?;

    let exports = Object::new(ctx.clone())?;
    for id in ["primordials", "domexception", "messageport"] {
        builtin(ctx, env, &format!("internal/per_context/{id}"))?.call::<_, ()>((
            exports.clone(),
            primordials.clone(),
            private_symbols.clone(),
            isolate_symbols.clone(),
        ))?;
    }
    *env.context_exports.borrow_mut() = Some(Persistent::save(ctx, exports));

    let process = Object::new(ctx.clone())?;
    process.set_prototype(Some(&Object::new(ctx.clone())?))?;
    *env.process.borrow_mut() = Some(Persistent::save(ctx, process.clone()));
    let process = bindings::process_methods::create_process(ctx, env, process)?;
    *env.process.borrow_mut() = Some(Persistent::save(ctx, process.clone()));
    bindings::task_queue::install(ctx);

    let linked = Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| -> Result<Value<'js>> {
        Err(crate::raw::throw(&ctx, &format!("No such binding: {name}")))
    })?;
    let internal = Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| bindings::get(&ctx, &name))?;
    builtin(ctx, env, "internal/bootstrap/realm")?.call::<_, ()>((process.clone(), linked, internal, primordials.clone()))?;

    let restore = |callback: &std::cell::RefCell<Option<crate::env::Callback>>| match callback.borrow().clone() {
        Some(callback) => callback.restore(ctx),
        None => Err(Exception::throw_internal(ctx, "the realm did not register its loaders")),
    };
    let main = Main { require: restore(&env.require_builtin)?, internal_binding: restore(&env.internal_binding)?, process, primordials };
    let switches = match *env.thread.borrow() {
        None => ["internal/bootstrap/switches/is_main_thread", "internal/bootstrap/switches/does_own_process_state"],
        Some(_) => ["internal/bootstrap/switches/is_not_main_thread", "internal/bootstrap/switches/does_not_own_process_state"],
    };
    for id in ["internal/bootstrap/node", "internal/bootstrap/web/exposed-wildcard", "internal/bootstrap/web/exposed-window-or-worker"]
        .into_iter()
        .chain(switches)
    {
        main.call(ctx, env, id)?;
    }
    env.milestone_bootstrapped();
    Ok(main)
}

struct Main<'js> {
    process: Object<'js>,
    require: Function<'js>,
    internal_binding: Function<'js>,
    primordials: Object<'js>,
}

impl<'js> Main<'js> {
    fn call(&self, ctx: &Ctx<'js>, env: &Env, id: &str) -> Result<Value<'js>> {
        builtin(ctx, env, id)?.call((self.process.clone(), self.require.clone(), self.internal_binding.clone(), self.primordials.clone()))
    }
}

/// Runs the script that the command line asks for, then next ticks and microtasks.
fn start_main<'js>(ctx: &Ctx<'js>, env: &Rc<Env>, main: Main<'js>) -> Result<()> {
    let id = bindings::options::main_script(ctx, env)?;
    let function = builtin(ctx, env, &id)?;
    crate::raw::forget_throw(ctx);
    // As in Node, the program itself is resource 1.
    let hooks = env.binding(ctx, "async_wrap")?;
    let (push, pop): (Function, Function) = (hooks.get("pushAsyncContext")?, hooks.get("popAsyncContext")?);
    env.scope(ctx, |env| {
        let _begun = push.call::<_, ()>((1, 0));
        env.call_caught(ctx, Value::new_undefined(ctx.clone()), &function, (main.process, main.require, main.internal_binding, main.primordials));
        let _ended = pop.call::<_, ()>((1,));
    });
    Ok(())
}

/// `argv` of the process as text.
pub fn argv(env: &Env) -> Vec<String> {
    texts(&env.start.borrow().argv)
}
