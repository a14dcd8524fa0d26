//! `internalBinding('process_methods')` and the `process` object.

use porthole_abi::{Errno, Syscalls};
use rquickjs::function::Opt;
use rquickjs::{Ctx, Exception, Function, Object, Result, Value};

use super::errors::write_all;
use super::method;
use crate::env::texts;
use crate::{Env, engine};

/// Place in `immediateInfo`.
const IMMEDIATES_REFERENCED: usize = 1;

/// Fills in what Node's C++ gives to the new `process`.
pub fn create_process<'js>(ctx: &Ctx<'js>, env: &Env, process: Object<'js>) -> Result<Object<'js>> {
    let start = env.start.borrow();
    let facts = Object::new(ctx.clone())?;
    facts.set("argv", texts(&start.argv))?;
    facts.set("env", texts(&start.env))?;
    facts.set("pid", env.thread.borrow().as_ref().map_or(start.pid, |thread| thread.pid))?;
    facts.set("isThread", env.thread.borrow().is_some())?;
    facts.set("ppid", start.ppid)?;
    facts.set("exe", String::from_utf8_lossy(&start.exe).into_owned())?;
    facts.set("uid", start.uid)?;
    facts.set("gid", start.gid)?;
    facts.set("version", engine::NODE_VERSION)?;
    facts.set("process", process.clone())?;
    facts.set("exitInfo", env.exit_info.create(ctx, "Int32Array", 3)?)?;
    super::script(ctx, "process", &facts)?;
    let prelude = super::errors::prelude(ctx)?;
    prelude.set("facts", facts)?;
    Ok(process)
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;

    binding.set("hrtimeBuffer", env.hrtime.create(ctx, "Uint32Array", 3)?)?;
    method(&binding, "hrtime", |ctx: Ctx<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let nanoseconds = (env.host().now_us() * 1000.0) as u64;
        let seconds = nanoseconds / 1_000_000_000;
        env.hrtime.set(0, (seconds >> 32) as u32);
        env.hrtime.set(1, seconds as u32);
        env.hrtime.set(2, (nanoseconds % 1_000_000_000) as u32);
        Ok(())
    })?;
    method(&binding, "hrtimeBigInt", |ctx: Ctx<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let nanoseconds = (env.host().now_us() * 1000.0) as u64;
        env.hrtime.set(0, nanoseconds as u32);
        env.hrtime.set(1, (nanoseconds >> 32) as u32);
        Ok(())
    })?;
    method(&binding, "uptime", |ctx: Ctx<'js>| Ok::<_, rquickjs::Error>(Env::of(&ctx)?.uptime_ms() / 1000.0))?;

    // Both give the errno of a failure, negative as libuv has it, for the script to throw.
    method(&binding, "getcwd", |ctx: Ctx<'js>| -> Result<Value<'js>> {
        answer(&ctx, Env::of(&ctx)?.getcwd().map(|reply| String::from_utf8_lossy(&reply.path).into_owned()))
    })?;
    method(&binding, "setcwd", |ctx: Ctx<'js>, path: String| -> Result<Value<'js>> {
        let result = Syscalls::chdir(&*Env::of(&ctx)?, path.as_bytes());
        answer(&ctx, result.map(|_| 0))
    })?;
    method(&binding, "umask", |ctx: Ctx<'js>, mask: Opt<Option<u32>>| -> Result<u32> {
        let env = Env::of(&ctx)?;
        let known = env.start.borrow().umask;
        if let Some(mask) = mask.0.flatten() {
            env.start.borrow_mut().umask = mask & 0o777;
            let _ = Syscalls::umask(&*env, mask & 0o777);
        }
        Ok(known)
    })?;
    method(&binding, "_kill", |ctx: Ctx<'js>, pid: i32, signal: i32| -> Result<i32> {
        let Ok(signal) = u8::try_from(signal) else { return Ok(-i32::from(Errno::EINVAL.number())) };
        Ok(match Env::of(&ctx)?.kill(pid, signal) {
            Ok(_) => 0,
            Err(errno) => -i32::from(errno.number()),
        })
    })?;
    method(&binding, "reallyExit", |ctx: Ctx<'js>, code: Opt<Option<i32>>| -> Result<()> {
        let env = Env::of(&ctx)?;
        Err(env.exit(&ctx, code.0.flatten().unwrap_or(0)))
    })?;
    method(&binding, "abort", |ctx: Ctx<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        Err(env.exit(&ctx, 134))
    })?;
    method(&binding, "_rawDebug", |ctx: Ctx<'js>, text: String| -> Result<()> {
        write_all(&*Env::of(&ctx)?, 2, format!("{text}\n").as_bytes());
        Ok(())
    })?;
    // `[total, used]` bytes of the engine.
    method(&binding, "memory", |ctx: Ctx<'js>| memory(&ctx))?;
    method(&binding, "getActiveResourcesInfo", |ctx: Ctx<'js>| -> Result<Vec<&'static str>> {
        let env = Env::of(&ctx)?;
        let mut kinds = env.event_loop.active_kinds();
        let counted = |kind: &'static str, count: u32| std::iter::repeat_n(kind, count as usize);
        kinds.extend(counted("Timeout", env.timeout_info.get(0)));
        kinds.extend(counted("Immediate", env.immediate_info.get(IMMEDIATES_REFERENCED)));
        Ok(kinds)
    })?;
    // Objects of handles that hold the process.
    method(&binding, "activeHandles", |ctx: Ctx<'js>| Ok::<_, rquickjs::Error>(crate::handles::Handles::of(&ctx).active(&ctx)))?;
    method(&binding, "setEmitWarningSync", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        Env::of(&ctx)?.callbacks.borrow_mut().emit_warning_sync = Some(rquickjs::Persistent::save(&ctx, callback));
        Ok(())
    })?;
    // A library module, for our own scripts.
    method(&binding, "require", |ctx: Ctx<'js>, id: String| -> Result<Value<'js>> {
        let require = Env::of(&ctx)?.require_builtin.borrow().clone();
        match require {
            Some(require) => require.restore(&ctx)?.call((id,)),
            None => Err(Exception::throw_internal(&ctx, "the library is not there yet")),
        }
    })?;
    let facts: Object = super::errors::prelude(ctx)?.get("facts")?;
    binding.set("facts", facts)?;
    super::script(ctx, "process_methods", &binding)?;
    Ok(binding)
}

/// Bytes of the engine: `[total, used]`.
pub fn memory(ctx: &Ctx<'_>) -> Vec<f64> {
    // SAFETY: the structure is filled by the call.
    let usage = unsafe {
        let mut usage = std::mem::zeroed();
        rquickjs::qjs::JS_ComputeMemoryUsage(rquickjs::qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), &mut usage);
        usage
    };
    vec![usage.malloc_size as f64, usage.memory_used_size as f64]
}

fn answer<'js, T: rquickjs::IntoJs<'js>>(ctx: &Ctx<'js>, result: std::result::Result<T, Errno>) -> Result<Value<'js>> {
    match result {
        Ok(value) => value.into_js(ctx),
        Err(errno) => Ok(Value::new_int(ctx.clone(), -i32::from(errno.number()))),
    }
}
