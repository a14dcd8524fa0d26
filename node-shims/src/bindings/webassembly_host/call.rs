//! Functions of WebAssembly's, as the guest calls them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::rc::Rc;

use rquickjs::{Ctx, Error, Object, Result, Value, qjs};

use super::values::{self, Slot};
use crate::Env;

/// Results that there is room for where nobody knows how many come.
const UNKNOWN: usize = 16;

struct Signature {
    parameters: Vec<u8>,
    results: usize,
}

thread_local! {
    /// Of the functions whose signatures are known, by number.
    static SIGNATURES: RefCell<BTreeMap<u32, Rc<Signature>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Letters of parameters and of results.
pub fn split(signature: &str) -> (Vec<u8>, Vec<u8>) {
    let (parameters, results) = signature.split_once(':').unwrap_or((signature, ""));
    (parameters.as_bytes().to_vec(), results.as_bytes().to_vec())
}

pub fn define<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    // A function for the one with this number, which keeps `holder`. Without a signature, arguments go as they are.
    super::define(ctx, binding, "callable", |ctx: Ctx<'js>, number: u32, signature: Option<String>, holder: Value<'js>| {
        let length = signature.as_deref().map_or(0, |signature| {
            let (parameters, results) = split(signature);
            let length = parameters.len();
            let signature = Signature { parameters, results: results.len() };
            SIGNATURES.with_borrow_mut(|known| known.insert(number, Rc::new(signature)));
            length
        });
        let number = Value::new_number(ctx.clone(), f64::from(number));
        let mut data = [number.as_raw(), holder.as_raw()];
        // SAFETY: a live context; the engine duplicates the values.
        unsafe { crate::raw::take(&ctx, qjs::JS_NewCFunctionData(ctx.as_raw().as_ptr(), Some(called), length as i32, 0, 2, data.as_mut_ptr())) }
    })
}

/// Forgets a function that nobody can call any more.
pub fn forget(number: u32) {
    SIGNATURES.with_borrow_mut(|known| known.remove(&number));
}

unsafe extern "C" fn called(
    ctx: *mut qjs::JSContext,
    _this: qjs::JSValue,
    count: std::ffi::c_int,
    args: *mut qjs::JSValue,
    _magic: std::ffi::c_int,
    data: *mut qjs::JSValue,
) -> qjs::JSValue {
    let Some(raw) = NonNull::new(ctx) else { return qjs::JS_UNDEFINED };
    // SAFETY: the engine calls with a live context, `count` arguments, and the data that the function was made with.
    let result = unsafe {
        let ctx = Ctx::from_raw(raw);
        let number = Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw.as_ptr(), *data)).as_number().unwrap_or_default() as u32;
        let arguments = if args.is_null() { &[][..] } else { std::slice::from_raw_parts(args, count.max(0) as usize) };
        call(&ctx, number, arguments).map(|value| qjs::JS_DupValue(raw.as_ptr(), value.as_raw()))
    };
    match result {
        Ok(value) => value,
        Err(Error::Exception) => qjs::JS_EXCEPTION,
        Err(error) => {
            // SAFETY: as above.
            let ctx = unsafe { Ctx::from_raw(raw) };
            crate::raw::throw(&ctx, &error.to_string());
            qjs::JS_EXCEPTION
        }
    }
}

/// # Safety
/// The arguments are live values of `ctx`.
unsafe fn call<'js>(ctx: &Ctx<'js>, number: u32, arguments: &[qjs::JSValue]) -> Result<Value<'js>> {
    // SAFETY: the caller's promise.
    let value = |raw: qjs::JSValue| unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(ctx.as_raw().as_ptr(), raw)) };
    let signature = SIGNATURES.with_borrow(|known| known.get(&number).cloned());
    let (given, room) = match &signature {
        Some(signature) => (signature.parameters.len(), signature.results),
        None => (arguments.len(), UNKNOWN),
    };
    let mut few = [Slot::default(); 8];
    let mut many = Vec::new();
    let slots = match few.get_mut(..given.max(room)) {
        Some(slots) => slots,
        None => {
            many.resize(given.max(room), Slot::default());
            &mut many[..]
        }
    };
    for (at, slot) in slots.iter_mut().enumerate().take(given) {
        let argument = arguments.get(at).map_or_else(|| Value::new_undefined(ctx.clone()), |&raw| value(raw));
        *slot = match signature.as_ref().and_then(|signature| signature.parameters.get(at)) {
            Some(&letter) => Slot::of(ctx, &argument, letter)?,
            None => Slot::guess(ctx, &argument)?,
        };
    }
    let env = Env::of(ctx)?;
    let inside = super::import::Inside::enter(ctx, !env.host().can_post());
    // SAFETY: there are as many slots as arguments and room.
    let results = unsafe { env.host().run(number, slots.as_mut_ptr().cast(), given as u32, room as u32) };
    if !inside.is_whole() {
        env.host().log("the stack ended while WebAssembly had called the program: nothing of the engine can be relied on now");
        std::process::abort();
    }
    match results {
        -1 => Err(super::import::rethrow(ctx)),
        0 => Ok(Value::new_undefined(ctx.clone())),
        1 => slots.first().copied().unwrap_or_default().value(ctx),
        count if count > 1 => {
            let list = rquickjs::Array::new(ctx.clone())?;
            for (at, slot) in slots.iter().enumerate().take(count as usize) {
                list.set(at, slot.value(ctx)?)?;
            }
            Ok(list.into_value())
        }
        _ => Err(values::fail(ctx, &super::ask(ctx, br#"{"op":"error"}"#, &[])?)),
    }
}
