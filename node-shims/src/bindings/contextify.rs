//! `internalBinding('contextify')`: compiling and running scripts.

use rquickjs::{Ctx, Function, Object, Result, Value, qjs};

use super::{method, module_wrap};
use crate::{Env, bytecode, raw};

mod cache;
pub mod window;

unsafe extern "C" {
    fn JS_AllowStrings(ctx: *mut qjs::JSContext, allow: bool);
    /// The jobs of a context wait from now on until `JS_TakeOwnJob` puts one before all others.
    fn JS_SetOwnJobs(ctx: *mut qjs::JSContext);
    fn JS_TakeOwnJob(ctx: *mut qjs::JSContext) -> bool;
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    // A function of the text with these parameters, inside `with` statements for so many objects, of which it is a function then. Its lines keep
    // their numbers.
    method(&ops, "compileFunction", |ctx: Ctx<'js>, place: f64, text: String, filename: String, shape: Vec<i32>, parameters: Vec<String>| {
        function(&at(&ctx, place)?, &text, &filename, &shape, &parameters)
    })?;
    // A script's bytecode; throws what is wrong with its syntax.
    method(&ops, "compileScript", |ctx: Ctx<'js>, place: f64, text: String, filename: String, offset: Vec<i32>| -> Result<Value<'js>> {
        let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
        let compiled = script(&at(&ctx, place)?, &text, &filename, &offset, flags)?;
        let bytes = bytecode::write(&ctx, &compiled, qjs::JS_WRITE_OBJ_BYTECODE as i32)?;
        Ok(rquickjs::TypedArray::new(ctx, bytes)?.into_value())
    })?;
    // Runs bytecode of `compileScript`, then the context's own jobs.
    method(&ops, "run", |ctx: Ctx<'js>, place: f64, code: Value<'js>, timeout_ms: f64| -> Result<Value<'js>> {
        let other = at(&ctx, place)?;
        let bytes = raw::bytes(&code).map(<[u8]>::to_vec).unwrap_or_default();
        within(&ctx, timeout_ms, || {
            let result = bytecode::read(&other, &bytes).and_then(|compiled| run(&other, compiled));
            result.and_then(|value| run_own_jobs(&other).map(|()| value))
        })
    })?;
    method(&ops, "isModule", |ctx: Ctx<'js>, text: String| module_wrap::parses_as_module(&ctx, &text))?;
    // `[number, global object]` of a new context with a standard library of its own.
    method(&ops, "newContext", |ctx: Ctx<'js>, strings: bool, own_jobs: bool| -> Result<Vec<Value<'js>>> {
        // SAFETY: the context is never freed before the runtime.
        unsafe {
            let fresh = qjs::JS_NewContext(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()));
            if fresh.is_null() {
                return Err(rquickjs::Exception::throw_internal(&ctx, "out of memory"));
            }
            JS_AllowStrings(fresh, strings);
            if own_jobs {
                JS_SetOwnJobs(fresh);
            }
            let global = raw::take(&ctx, qjs::JS_GetGlobalObject(fresh))?;
            Ok(vec![Value::new_number(ctx, fresh as usize as f64), global])
        }
    })?;
    // Whether code may be made from strings in the context of the program.
    method(&ops, "allowStrings", |ctx: Ctx<'js>, allow: bool| {
        // SAFETY: sets a flag of a live context.
        unsafe { JS_AllowStrings(ctx.as_raw().as_ptr(), allow) }
    })?;
    // Puts a window on an object before the global object of a context, and gives it.
    method(&ops, "openWindow", |ctx: Ctx<'js>, place: f64, global: Object<'js>, sandbox: Object<'js>| -> Result<Object<'js>> {
        let env = Env::of(&ctx)?;
        window::open(&at(&ctx, place)?, &env.windows, &global, &sandbox)
    })?;
    method(&ops, "memoryUsage", |ctx: Ctx<'js>| super::process_methods::memory(&ctx))?;
    // What a program keeps of compiled code, and what it gave back: `undefined` where it is not that of this text and engine.
    method(&ops, "cache", |ctx: Ctx<'js>, code: Value<'js>, text: String, name: String| {
        rquickjs::TypedArray::new(ctx, cache::write(raw::bytes(&code).unwrap_or_default(), &text, &name))
    })?;
    method(&ops, "openCache", |ctx: Ctx<'js>, data: Value<'js>, text: String, name: String| -> Result<Value<'js>> {
        match raw::bytes(&data).and_then(|data| cache::read(data, &text, &name)) {
            Some(code) => Ok(rquickjs::TypedArray::new(ctx, code.to_vec())?.into_value()),
            None => Ok(Value::new_undefined(ctx)),
        }
    })?;
    binding.set("ops", ops)?;
    super::script(ctx, "contextify", &binding)?;
    Ok(binding)
}

/// The context of a number from `newContext`; 0 is the program's own.
pub fn at<'js>(ctx: &Ctx<'js>, place: f64) -> Result<Ctx<'js>> {
    match std::ptr::NonNull::new(place as usize as *mut qjs::JSContext) {
        None => Ok(ctx.clone()),
        // SAFETY: the number comes from `newContext`, whose contexts live as long as the process.
        Some(other) => Ok(unsafe { Ctx::from_raw(other) }),
    }
}

/// Runs a compiled script.
fn run<'js>(ctx: &Ctx<'js>, compiled: Value<'js>) -> Result<Value<'js>> {
    // SAFETY: `JS_EvalFunction` takes the compiled script over.
    unsafe {
        let value = compiled.as_raw();
        std::mem::forget(compiled);
        raw::take(ctx, qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), value))
    }
}

/// Runs the jobs of a context that has its own (`microtaskMode: 'afterEvaluate'`).
///
/// # Errors
/// What a job threw that nothing can catch: the context ran out of time.
pub fn run_own_jobs(ctx: &Ctx<'_>) -> Result<()> {
    // SAFETY: a live context.
    while unsafe { JS_TakeOwnJob(ctx.as_raw().as_ptr()) } {
        raw::run_job(ctx)?;
    }
    Ok(())
}

/// Runs a script for at most so many milliseconds, for ever if below zero. One that is not done then is broken off, which it cannot catch.
pub fn within<'js>(ctx: &Ctx<'js>, timeout_ms: f64, run: impl FnOnce() -> Result<Value<'js>>) -> Result<Value<'js>> {
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
    // What a promise made of being broken off is no result.
    if env.is_late.get() && env.now_ms() >= own {
        env.is_late.set(env.now_ms() >= outer);
        if result.is_err() {
            let _broken_off = ctx.catch();
        }
        return Err(raw::throw_with_code(ctx, &format!("Script execution timed out after {timeout_ms}ms"), "ERR_SCRIPT_EXECUTION_TIMEOUT"));
    }
    result
}

/// Compiles or runs `text` as a script. Two lines stand before it, since the engine counts the columns of a text's first line from 0 (and see
/// [`bytecode::compile`] for why it is two, or three where that would make the first line 0).
fn script<'js>(ctx: &Ctx<'js>, text: &str, filename: &str, offset: &[i32], flags: u32) -> Result<Value<'js>> {
    let line_offset = offset.first().copied().unwrap_or_default();
    let indent = indent(offset);
    let (blank, first) = if line_offset == 1 { ("\n\n\n", -1) } else { ("\n\n", line_offset.wrapping_sub(1)) };
    let whole = match text.strip_prefix("#!") {
        Some(rest) => format!("{blank}{indent}//{rest}"),
        None => format!("{blank}{indent}{text}"),
    };
    bytecode::eval(ctx, whole.as_bytes(), filename, first, flags as i32)
}

/// Blanks that give the first line its columns. Offsets that nobody means are not kept.
fn indent(offset: &[i32]) -> String {
    let columns = offset.get(1).copied().unwrap_or_default();
    " ".repeat(usize::try_from(columns).ok().filter(|columns| *columns < 10_000).unwrap_or_default())
}

/// Compiles `text` as the body of a function. `offset`: of lines, of columns, how many objects are in scope, whether the text may be none.
pub fn function<'js>(ctx: &Ctx<'js>, text: &str, filename: &str, offset: &[i32], parameters: &[String]) -> Result<Function<'js>> {
    let extensions = offset.get(2).copied().unwrap_or_default();
    let is_checked = offset.get(3).is_some_and(|checked| *checked != 0);
    // Two lines before the first: see `bytecode::compile`. The function's own text begins with the second.
    let mut whole = String::with_capacity(text.len() + 80);
    whole.push('\n');
    // A function of the objects whose properties are in scope, if there are any.
    if extensions > 0 {
        let names: Vec<String> = (0..extensions).map(|index| format!("extension{index}")).collect();
        whole.push_str(&format!("(function ({}) {{ ", names.join(", ")));
        names.iter().for_each(|name| whole.push_str(&format!("with ({name}) ")));
        whole.push_str("return ");
    }
    whole.push_str("(function (");
    whole.push_str(&parameters.join(", "));
    whole.push_str(") {\n");
    whole.push_str(&indent(offset));
    match text.strip_prefix("#!") {
        Some(rest) => {
            whole.push_str("//");
            whole.push_str(rest);
        }
        None => whole.push_str(text),
    }
    whole.push_str("\n})");
    if extensions > 0 {
        whole.push_str(" })");
    }
    let line = offset.first().copied().unwrap_or_default().wrapping_sub(1);
    let flags = (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let compiled = bytecode::eval(ctx, whole.as_bytes(), filename, line, flags)?;
    // A text that ends the function and begins another is no body: inside a method it does not compile.
    if is_checked && bytecode::eval(ctx, format!("({{ f() {{\n{text}\n}} }})").as_bytes(), filename, line, flags).is_err() {
        let _other_words = ctx.catch();
        return Err(rquickjs::Exception::throw_syntax(ctx, "Unexpected token '}'"));
    }
    run(ctx, compiled)?.into_function().ok_or_else(|| rquickjs::Exception::throw_syntax(ctx, "Unexpected token"))
}
