//! Where rquickjs' safe interface ends: what is done with QuickJS' own functions.

use std::cell::RefCell;

use rquickjs::{ArrayBuffer, Ctx, Error, Object, Persistent, Result, Value, qjs};

/// A typed array of Node's library whose memory both sides read and write (`AliasedBuffer` in Node).
pub struct Shared<T> {
    buffer: RefCell<Option<(Persistent<ArrayBuffer<'static>>, *mut T, usize)>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { buffer: RefCell::new(None) }
    }
}

impl<T: Copy + Default> Shared<T> {
    /// Makes the memory and gives it to the typed array constructor `class` (`"Uint8Array"`).
    pub fn create<'js>(&self, ctx: &Ctx<'js>, class: &str, len: usize) -> Result<Value<'js>> {
        let buffer = ArrayBuffer::new(ctx.clone(), vec![0u8; len * size_of::<T>()])?;
        let constructor: rquickjs::function::Constructor = ctx.globals().get(class)?;
        let array: Value = constructor.construct((buffer.clone(),))?;
        let place = buffer.as_raw().ok_or(Error::Unknown)?.as_ptr().cast::<T>();
        *self.buffer.borrow_mut() = Some((Persistent::save(ctx, buffer), place, len));
        Ok(array)
    }

    /// The element, or zero where the array was never made.
    pub fn get(&self, index: usize) -> T {
        match &*self.buffer.borrow() {
            // SAFETY: the buffer is kept alive here, is never handed out for transfer, and `index` is inside.
            Some((_, place, len)) if index < *len => unsafe { place.add(index).read_unaligned() },
            _ => T::default(),
        }
    }

    pub fn set(&self, index: usize, value: T) {
        if let Some((_, place, len)) = &*self.buffer.borrow()
            && index < *len
        {
            // SAFETY: as in `get`.
            unsafe { place.add(index).write_unaligned(value) }
        }
    }
}

/// Runs one promise job or microtask; `false` when there is none.
///
/// # Errors
/// What a microtask threw; it is pending in `ctx`.
pub fn run_job(ctx: &Ctx<'_>) -> Result<bool> {
    forget_throw(ctx);
    // SAFETY: the runtime of a live context.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        let mut job_ctx = std::ptr::null_mut();
        let ran = qjs::JS_ExecutePendingJob(qjs::JS_GetRuntime(raw), &mut job_ctx);
        if ran < 0 {
            if !job_ctx.is_null() && job_ctx != raw {
                qjs::JS_Throw(raw, qjs::JS_GetException(job_ctx));
            }
            return Err(Error::Exception);
        }
        Ok(ran > 0)
    }
}

/// Makes the engine ask `Error.prepareStackTrace` again where the next value is thrown. It asks once, until a `catch` of JavaScript's has taken the value;
/// one that leaves JavaScript instead is over only when the host says so.
pub fn forget_throw(ctx: &Ctx<'_>) {
    const ERROR_BACK_TRACE: std::ffi::c_int = 2;
    // SAFETY: the command takes a live context and the place for a value, which is the caller's from then on.
    unsafe {
        let mut trace = qjs::JS_UNDEFINED;
        qjs::js_std_cmd(ERROR_BACK_TRACE, ctx.as_raw().as_ptr(), &mut trace as *mut qjs::JSValue);
        drop(Value::from_raw(ctx.clone(), trace));
    }
}

/// Throws an error that no `catch` sees: it unwinds all JavaScript.
pub fn throw_uncatchable(ctx: &Ctx<'_>) -> Error {
    // SAFETY: a live context; `JS_Throw` takes the new error over.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        let error = qjs::JS_NewError(raw);
        qjs::JS_SetUncatchableError(raw, error);
        qjs::JS_Throw(raw, error);
    }
    Error::Exception
}

/// Takes over a value that a QuickJS function returned; an exception becomes `Err`.
///
/// # Safety
/// `value` must be owned by the caller and belong to `ctx`.
pub unsafe fn take<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: passed on to the caller.
    let value = unsafe { Value::from_raw(ctx.clone(), value) };
    if value.is_exception() { Err(Error::Exception) } else { Ok(value) }
}

/// The class id of an object's internal slots, 0 for what is not an object.
pub fn class_id(value: &Value<'_>) -> u32 {
    // SAFETY: reads the value only.
    unsafe { qjs::JS_GetClassID(value.as_raw()) }
}

/// The bytes of a `Uint8Array`, any other view, or an `ArrayBuffer`; `None` for anything else or when detached.
///
/// The slice is valid until JavaScript runs again.
pub fn bytes<'a>(value: &'a Value<'_>) -> Option<&'a [u8]> {
    let ctx = value.ctx().as_raw().as_ptr();
    let raw = value.as_raw();
    if !value.is_object() {
        return None;
    }
    // SAFETY: the pointers come from the engine for live objects; lengths are the engine's.
    unsafe {
        if qjs::JS_IsArrayBuffer(raw) {
            let mut len = 0;
            let place = qjs::JS_GetArrayBuffer(ctx, &mut len, raw);
            return slice(ctx, place, 0, len as usize);
        }
        let (buffer, offset, len) = if qjs::JS_GetTypedArrayType(raw) >= 0 {
            let (mut offset, mut len, mut width) = (0, 0, 0);
            let buffer = qjs::JS_GetTypedArrayBuffer(ctx, raw, &mut offset, &mut len, &mut width);
            (Value::from_raw(value.ctx().clone(), buffer), offset as usize, len as usize)
        } else if qjs::JS_IsDataView(raw) {
            let view = Object::from_value(value.clone()).ok()?;
            let buffer: Value = view.get("buffer").ok()?;
            (buffer, view.get::<_, usize>("byteOffset").ok()?, view.get::<_, usize>("byteLength").ok()?)
        } else {
            return None;
        };
        if buffer.is_exception() {
            let exception = qjs::JS_GetException(ctx);
            qjs::JS_FreeValue(ctx, exception);
            return None;
        }
        let mut whole = 0;
        let place = qjs::JS_GetArrayBuffer(ctx, &mut whole, buffer.as_raw());
        if offset.checked_add(len)? > whole as usize {
            return None;
        }
        slice(ctx, place, offset, len)
    }
}

unsafe fn slice<'a>(ctx: *mut qjs::JSContext, place: *mut u8, offset: usize, len: usize) -> Option<&'a [u8]> {
    // SAFETY: the caller has checked the bounds.
    unsafe {
        if place.is_null() {
            if qjs::JS_HasException(ctx) {
                let exception = qjs::JS_GetException(ctx);
                qjs::JS_FreeValue(ctx, exception);
                return None;
            }
            return Some(&[]);
        }
        Some(std::slice::from_raw_parts(place.add(offset), len))
    }
}

/// An object that maps each name to a new private symbol: a property under it is invisible to `Reflect.ownKeys` and everything built on it.
///
/// QuickJS makes such symbols for the private names of classes only, so a class is made with these names and asked for them.
pub fn private_symbols<'js>(ctx: &Ctx<'js>, names: &[&str]) -> Result<Object<'js>> {
    let fields: String = names.iter().map(|name| format!("#{name};")).collect();
    let holder: Object = ctx.eval(format!("new (class{{{fields}}})"))?;
    let symbols = Object::new(ctx.clone())?;
    // SAFETY: the table has `len` entries and is freed as a whole.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        let (mut table, mut len) = (std::ptr::null_mut(), 0);
        let flags = qjs::JS_GPN_SYMBOL_MASK | qjs::JS_GPN_PRIVATE_MASK;
        if qjs::JS_GetOwnPropertyNames(raw, &mut table, &mut len, holder.as_raw(), flags as i32) < 0 {
            return Err(Error::Exception);
        }
        for index in 0..len as usize {
            let atom = (*table.add(index)).atom;
            let symbol = take(ctx, qjs::JS_AtomToValue(raw, atom));
            let text = take(ctx, qjs::JS_AtomToString(raw, atom)).and_then(|text| text.get::<String>());
            match (symbol, text) {
                (Ok(symbol), Ok(text)) => {
                    let name = text.trim_start_matches('#').to_owned();
                    symbols.set(name, symbol)?;
                }
                (Err(error), _) | (_, Err(error)) => {
                    qjs::JS_FreePropertyEnum(raw, table, len);
                    return Err(error);
                }
            }
        }
        qjs::JS_FreePropertyEnum(raw, table, len);
    }
    Ok(symbols)
}

/// Throws `new Error(message)`, its stack beginning with the message (rquickjs sets the message only afterwards).
pub fn throw(ctx: &Ctx<'_>, message: &str) -> Error {
    let made = ctx.globals().get::<_, rquickjs::function::Constructor>("Error").and_then(|constructor| constructor.construct::<_, Value>((message,)));
    match made {
        Ok(error) => ctx.throw(error),
        Err(error) => error,
    }
}

/// As [`throw`], with a `code`.
pub fn throw_with_code(ctx: &Ctx<'_>, message: &str, code: &str) -> Error {
    let made =
        ctx.globals().get::<_, rquickjs::function::Constructor>("Error").and_then(|constructor| constructor.construct::<_, Object>((message,)));
    match made.and_then(|error| error.set("code", code).map(|()| error)) {
        Ok(error) => ctx.throw(error.into_value()),
        Err(error) => error,
    }
}
