//! `internalBinding('contextify')`: compiling and running scripts.

use rquickjs::{Ctx, Function, Object, Result, Value, qjs};

use super::{method, module_wrap};
use crate::{Env, bytecode, raw};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    // A function of the text with these parameters. Its lines keep their numbers.
    method(&ops, "compileFunction", |ctx: Ctx<'js>, text: String, filename: String, line_offset: i32, parameters: Vec<String>| {
        function(&ctx, &text, &filename, line_offset, &parameters)
    })?;
    // Throws what is wrong with a script's syntax.
    method(&ops, "check", |ctx: Ctx<'js>, text: String, filename: String, line_offset: i32| -> Result<()> {
        let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
        script(&ctx, &text, &filename, line_offset, flags).map(drop)
    })?;
    method(&ops, "run", |ctx: Ctx<'js>, text: String, filename: String, line_offset: i32, timeout_ms: f64| {
        within(&ctx, timeout_ms, || script(&ctx, &text, &filename, line_offset, qjs::JS_EVAL_TYPE_GLOBAL))
    })?;
    method(&ops, "isModule", |ctx: Ctx<'js>, text: String| module_wrap::parses_as_module(&ctx, &text))?;
    // `[number, global object]` of a new context with a standard library of its own.
    method(&ops, "newContext", |ctx: Ctx<'js>| -> Result<Vec<Value<'js>>> {
        // SAFETY: the context is never freed before the runtime.
        unsafe {
            let fresh = qjs::JS_NewContext(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()));
            if fresh.is_null() {
                return Err(rquickjs::Exception::throw_internal(&ctx, "out of memory"));
            }
            let global = raw::take(&ctx, qjs::JS_GetGlobalObject(fresh))?;
            Ok(vec![Value::new_number(ctx, fresh as usize as f64), global])
        }
    })?;
    // Runs a script in the context of a global object from `newContext`.
    method(&ops, "runIn", |ctx: Ctx<'js>, place: f64, text: String, filename: String, line_offset: i32, timeout_ms: f64| -> Result<Value<'js>> {
        let Some(other) = std::ptr::NonNull::new(place as usize as *mut qjs::JSContext) else {
            return Err(raw::throw(&ctx, "no such context"));
        };
        // SAFETY: the number comes from `newContext`, whose contexts live as long as the process.
        let other = unsafe { Ctx::from_raw(other) };
        within(&ctx, timeout_ms, || script(&other, &text, &filename, line_offset, qjs::JS_EVAL_TYPE_GLOBAL))
    })?;
    binding.set("ops", ops)?;
    super::script(ctx, "contextify", &binding)?;
    Ok(binding)
}

/// Runs a script for at most so many milliseconds, for ever if below zero. One that is not done then is broken off, which it cannot catch.
fn within<'js>(ctx: &Ctx<'js>, timeout_ms: f64, run: impl FnOnce() -> Result<Value<'js>>) -> Result<Value<'js>> {
    if timeout_ms < 0.0 {
        return run();
    }
    let env = Env::of(ctx)?;
    let outer = env.deadline.get();
    let own = env.now_ms() + timeout_ms;
    env.deadline.set(own.min(outer));
    let result = run();
    env.deadline.set(outer);
    // Where the time of a script around it has run out as well, that one is broken off in its turn.
    if result.is_err() && env.is_late.get() && env.now_ms() >= own {
        env.is_late.set(env.now_ms() >= outer);
        let _broken_off = ctx.catch();
        return Err(raw::throw_with_code(ctx, &format!("Script execution timed out after {timeout_ms}ms"), "ERR_SCRIPT_EXECUTION_TIMEOUT"));
    }
    result
}

/// Compiles or runs `text` as a script. Two lines stand before it, since the engine counts the columns of a text's first line from 0 (and see
/// [`bytecode::compile`] for why it is two, or three where that would make the first line 0).
fn script<'js>(ctx: &Ctx<'js>, text: &str, filename: &str, line_offset: i32, flags: u32) -> Result<Value<'js>> {
    let (blank, first) = if line_offset == 1 { ("\n\n\n", -1) } else { ("\n\n", line_offset - 1) };
    let whole = match text.strip_prefix("#!") {
        Some(rest) => format!("{blank}//{rest}"),
        None => format!("{blank}{text}"),
    };
    bytecode::eval(ctx, whole.as_bytes(), filename, first, flags as i32)
}

/// Compiles `text` as the body of a function.
pub fn function<'js>(ctx: &Ctx<'js>, text: &str, filename: &str, line_offset: i32, parameters: &[String]) -> Result<Function<'js>> {
    let mut whole = String::with_capacity(text.len() + 80);
    whole.push_str("(function (");
    whole.push_str(&parameters.join(", "));
    // Two lines before the first: see `bytecode::compile`.
    whole.push_str(") {\n\n");
    match text.strip_prefix("#!") {
        Some(rest) => {
            whole.push_str("//");
            whole.push_str(rest);
        }
        None => whole.push_str(text),
    }
    whole.push_str("\n})");
    let value = bytecode::eval(ctx, whole.as_bytes(), filename, line_offset.wrapping_sub(1), qjs::JS_EVAL_TYPE_GLOBAL as i32)?;
    value.into_function().ok_or_else(|| rquickjs::Exception::throw_syntax(ctx, "Unexpected token"))
}
