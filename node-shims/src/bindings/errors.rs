//! `internalBinding('errors')`: stack traces, uncaught errors and how they are printed.

use porthole_abi::Syscalls;
use rquickjs::{Ctx, Error, Function, Object, Persistent, Result, Value};

use super::method;
use crate::engine::exit_code;
use crate::run_loop::code_or;
use crate::{Env, raw};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    method(&binding, "triggerUncaughtException", |ctx: Ctx<'js>, error: Value<'js>, from_promise: Option<bool>| -> Result<()> {
        let env = Env::of(&ctx)?;
        trigger(&ctx, &env, error, from_promise.unwrap_or(false), None);
        if env.exiting().is_some() { Err(raw::throw_uncatchable(&ctx)) } else { Ok(()) }
    })?;
    let prelude = prelude(ctx)?;
    let set: Function = prelude.get("setPrepareStackTraceCallback")?;
    binding.set("setPrepareStackTraceCallback", set)?;
    method(&binding, "setEnhanceStackForFatalException", |ctx: Ctx<'js>, before: Function<'js>, after: Function<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let mut callbacks = env.callbacks.borrow_mut();
        callbacks.before_inspector = Some(Persistent::save(&ctx, before));
        callbacks.after_inspector = Some(Persistent::save(&ctx, after));
        Ok(())
    })?;
    binding.set("prelude", prelude)?;
    super::script(ctx, "errors", &binding)?;
    Ok(binding)
}

/// Runs `lib/prelude.js`: what V8 has and QuickJS lacks.
pub fn install<'js>(ctx: &Ctx<'js>, env: &Env) -> Result<()> {
    let prelude = Object::new(ctx.clone())?;
    super::worker::memory::install(&prelude)?;
    prelude.set("trace", raw::private_symbols(ctx, &["trace"])?.get::<_, Value>("trace")?)?;
    // The text that an error comes from, for its last words.
    method(&prelude, "sourceText", |ctx: Ctx<'js>, file: String| -> Result<Option<String>> {
        let env = Env::of(&ctx)?;
        let argv = crate::engine::argv(&env);
        if file.starts_with('[') {
            let script = argv.iter().position(|arg| matches!(arg.as_str(), "-e" | "-p" | "-pe" | "--eval" | "--print"));
            return Ok(script.and_then(|at| argv.get(at + 1)).cloned());
        }
        let path = file.strip_prefix("file://").unwrap_or(&file);
        Ok(env.read_file(path.as_bytes(), 1 << 24).ok().map(|reply| String::from_utf8_lossy(&reply.data).into_owned()))
    })?;
    method(&prelude, "inspect", |ctx: Ctx<'js>, value: Value<'js>| -> Result<String> {
        let require = Env::of(&ctx)?.require_builtin.borrow().clone().ok_or(Error::Unknown)?.restore(&ctx)?;
        let module: Object = require.call(("internal/util/inspect",))?;
        module.get::<_, Function>("inspect")?.call((value,))
    })?;
    method(&prelude, "jsonProblem", |ctx: Ctx<'js>, text: String| -> Result<Value<'js>> {
        let json = Object::new(ctx.clone())?;
        super::script(&ctx, "json", &json)?;
        json.get::<_, Function>("problem")?.call((text,))
    })?;
    method(&prelude, "readCallSource", |ctx: Ctx<'js>| super::script(&ctx, "call_source", &self::prelude(&ctx)?))?;
    method(&prelude, "collect", |ctx: Ctx<'js>| ctx.run_gc())?;
    super::script(ctx, "atomics", &prelude)?;
    super::script(ctx, "prelude", &prelude)?;
    *env.kept.borrow_mut() = Some(Persistent::save(ctx, prelude.get::<_, Object>("kept")?));
    *env.prelude.borrow_mut() = Some(Persistent::save(ctx, prelude));
    Ok(())
}

/// What the prelude gives to the bindings.
pub fn prelude<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prelude = Env::of(ctx)?.prelude.borrow().clone();
    match prelude {
        Some(prelude) => prelude.restore(ctx),
        None => Err(rquickjs::Exception::throw_internal(ctx, "the prelude has not run")),
    }
}

/// Deals with an error that nothing in JavaScript caught: handlers of the program first, then the end of the process.
pub fn uncaught(ctx: &Ctx<'_>, env: &Env, error: Error) {
    let value = match error {
        Error::Exception => ctx.catch(),
        other => match rquickjs::Exception::from_message(ctx.clone(), &other.to_string()) {
            Ok(exception) => exception.into_object().into_value(),
            Err(_) => Value::new_undefined(ctx.clone()),
        },
    };
    let place = thrown_from(ctx, &value);
    if env.exiting().is_none() {
        trigger(ctx, env, value, false, place);
    }
}

/// The frames from which a value was thrown, if it came here by a `throw`.
fn thrown_from<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Option<Value<'js>> {
    raw::forget_throw(ctx);
    let take: Function = prelude(ctx).ok()?.get("takeThrown").ok()?;
    take.call((value.clone(),)).ok()
}

fn trigger<'js>(ctx: &Ctx<'js>, env: &Env, error: Value<'js>, from_promise: bool, place: Option<Value<'js>>) {
    let handler = env.process_object(ctx).and_then(|process| {
        let handler: Function = process.get("_fatalException").ok()?;
        Some((process, handler))
    });
    // A program has put something else there.
    let mut replaced = false;
    if let Some((process, handler)) = handler {
        match handler.call::<_, Value>((rquickjs::function::This(process), error.clone(), from_promise)) {
            // Only `false` means that nobody took it.
            Ok(handled) if handled.as_bool() != Some(false) => return,
            Ok(_) => {}
            Err(second) => {
                if env.exiting().is_some() {
                    let _ = ctx.catch();
                    return;
                }
                let second = if second.is_exception() { ctx.catch() } else { error };
                let place = thrown_from(ctx, &second);
                print(ctx, env, &second, place);
                env.set_exit(exit_code::EXCEPTION_IN_HANDLER);
                return;
            }
        }
    } else {
        let _ = ctx.catch();
        replaced = env.process_object(ctx).is_some();
    }
    if env.exiting().is_some() {
        return;
    }
    print(ctx, env, &error, place);
    env.set_exit(if replaced { exit_code::INVALID_HANDLER } else { code_or(env, exit_code::GENERIC_USER_ERROR) });
}

/// Prints an error as Node prints one that ends the process.
fn print<'js>(ctx: &Ctx<'js>, env: &Env, error: &Value<'js>, place: Option<Value<'js>>) {
    let text = (|| -> Result<String> {
        let prelude = prelude(ctx)?;
        super::script(ctx, "last_words", &prelude)?;
        let fatal: Function = prelude.get("fatal")?;
        let restore = |callback: &Option<crate::env::Callback>| callback.clone().map(|callback| callback.restore(ctx)).transpose();
        let (before, after) = {
            let callbacks = env.callbacks.borrow();
            (restore(&callbacks.before_inspector)?, restore(&callbacks.after_inspector)?)
        };
        fatal.call((error.clone(), before, after, place))
    })();
    let text = match text {
        Ok(text) => text,
        Err(_) => {
            let second = ctx.catch();
            format!("{}\n(an error that cannot be printed as Node does: {})\n", plain(error), plain(&second))
        }
    };
    write_all(env, 2, text.as_bytes());
}

/// An error's message and where it comes from, as the engine has them: for when the library is in no state to print it.
fn plain(error: &Value<'_>) -> String {
    let text = |name: &str| error.as_object().and_then(|error| error.get::<_, String>(name).ok()).filter(|text| !text.is_empty());
    match (text("message"), text("stack")) {
        (Some(message), Some(stack)) => format!("{message}\n{stack}"),
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => error.get::<String>().unwrap_or_else(|_| format!("{:?}", error.type_of())),
    }
}

/// Writes to a descriptor, waiting while it is full. For last words: errors end it quietly.
pub fn write_all(env: &Env, fd: i32, mut bytes: &[u8]) {
    use porthole_abi::{Errno, flags};
    while !bytes.is_empty() {
        let piece = &bytes[..bytes.len().min(1 << 16)];
        match env.write(fd, piece, -1) {
            Ok(reply) => bytes = bytes.get(reply.written as usize..).unwrap_or_default(),
            Err(Errno::EAGAIN) => {
                if Syscalls::watch(env, fd, flags::WRITABLE).is_err() {
                    return;
                }
                for event in env.poll_events(Some(1000)) {
                    env.dispatch_later(event);
                }
            }
            Err(_) => return,
        }
    }
}
