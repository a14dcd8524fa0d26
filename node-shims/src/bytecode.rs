//! Library modules as bytecode.

use rquickjs::{Ctx, Error, Function, Result, Value, qjs};

use crate::raw;

/// Names the bytecode's format: changes whenever bytecode of an older build must not be read.
pub const FORMAT: &str = "quickjs-ng 0.16.2, 2";

/// Parameters of Node's modules, by id, as `BuiltinLoader::LookupAndCompile` gives them.
pub fn parameters(id: &str) -> &'static str {
    if id.starts_with("internal/bootstrap/realm") {
        "process, getLinkedBinding, getInternalBinding, primordials"
    } else if id.starts_with("internal/per_context/") {
        "exports, primordials, privateSymbols, perIsolateSymbols"
    } else if id.starts_with("internal/main/") || id.starts_with("internal/bootstrap/") {
        "process, require, internalBinding, primordials"
    } else if id.starts_with("porthole/") {
        "binding, primordials, internalBinding, privateSymbols, isolateSymbols"
    } else {
        "exports, require, module, process, internalBinding, primordials"
    }
}

/// Compiles a module's text to bytecode that [`load`] reads. The text is not kept in it (functions print as native), line numbers are.
///
/// # Errors
/// Throws `SyntaxError`, or an `Error` for text with a NUL byte.
pub fn compile<'js>(ctx: &Ctx<'js>, id: &str, source: &[u8]) -> Result<Vec<u8>> {
    // Two lines before the module's own, which keep their numbers: QuickJS takes a first line of 0 for "not given", so −1 it is.
    let mut text = format!("(function ({}) {{\n\n", parameters(id)).into_bytes();
    text.extend_from_slice(source);
    text.extend_from_slice(b"\n})");
    let function = eval(ctx, &text, &format!("node:{id}"), -1, (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32)?;
    write(ctx, &function, (qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE) as i32)
}

/// The function that bytecode of [`compile`] holds. Only for bytecode of this very engine: it is trusted.
pub fn load<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Function<'js>> {
    let compiled = read(ctx, bytes)?;
    // SAFETY: `JS_EvalFunction` takes the compiled function over.
    let value = unsafe {
        let raw_value = compiled.as_raw();
        std::mem::forget(compiled);
        raw::take(ctx, qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), raw_value))?
    };
    value.into_function().ok_or(Error::Unknown)
}

/// `JS_Eval2` with a first line number.
pub fn eval<'js>(ctx: &Ctx<'js>, text: &[u8], filename: &str, line: i32, flags: i32) -> Result<Value<'js>> {
    let len = text.len();
    let mut terminated = Vec::with_capacity(len + 1);
    terminated.extend_from_slice(text);
    terminated.push(0);
    let filename = std::ffi::CString::new(filename.replace('\0', "")).map_err(|_| Error::Unknown)?;
    let mut options = qjs::JSEvalOptions { version: 1, eval_flags: flags, filename: filename.as_ptr(), line_num: line };
    // SAFETY: the text is NUL-terminated and outlives the call.
    unsafe { raw::take(ctx, qjs::JS_Eval2(ctx.as_raw().as_ptr(), terminated.as_ptr().cast(), len as _, &mut options)) }
}

/// `JS_WriteObject`.
pub fn write<'js>(ctx: &Ctx<'js>, value: &Value<'js>, flags: i32) -> Result<Vec<u8>> {
    // SAFETY: the returned block has `len` bytes and is ours to free.
    unsafe {
        let mut len = 0;
        let place = qjs::JS_WriteObject(ctx.as_raw().as_ptr(), &mut len, value.as_raw(), flags);
        if place.is_null() {
            return Err(Error::Exception);
        }
        let bytes = std::slice::from_raw_parts(place, len as usize).to_vec();
        qjs::js_free(ctx.as_raw().as_ptr(), place.cast());
        Ok(bytes)
    }
}

/// `JS_ReadObject` of bytecode.
pub fn read<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the bytes outlive the call.
    unsafe { raw::take(ctx, qjs::JS_ReadObject(ctx.as_raw().as_ptr(), bytes.as_ptr(), bytes.len() as _, qjs::JS_READ_OBJ_BYTECODE as i32)) }
}

/// Whether a module's bytecode has an `await` at its top level. `None` when the bytes are no module.
///
/// The engine knows and does not tell; the format is that of `JS_WriteModule` in QuickJS-ng 0.16.
pub fn has_top_level_await(bytes: &[u8]) -> Option<bool> {
    let mut from = Bytes(bytes);
    from.skip(5)?;
    for _ in 0..from.leb128()? {
        let kind = from.byte()?;
        if kind & 0x80 != 0 {
            if kind & 0x40 != 0 {
                from.leb128()?;
            }
        } else {
            let len = from.leb128()?;
            from.skip((len >> 1) << (len & 1))?;
        }
    }
    from.byte()?;
    from.leb128()?;
    for _ in 0..from.leb128()? {
        from.leb128()?;
    }
    for _ in 0..from.leb128()? {
        if from.byte()? == 0 {
            from.leb128()?;
        } else {
            from.leb128()?;
            from.leb128()?;
        }
        from.leb128()?;
    }
    for _ in 0..from.leb128()? {
        from.leb128()?;
    }
    for _ in 0..from.leb128()? {
        from.leb128()?;
        from.leb128()?;
        from.leb128()?;
    }
    Some(from.byte()? != 0)
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    fn leb128(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}
