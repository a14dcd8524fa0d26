//! Values on their way: each in a slot, as sw/src/process/later/webassembly/values.ts has them.

use std::cell::RefCell;

use rquickjs::function::IntoArgs;
use rquickjs::{Ctx, FromJs, Function, Persistent, Result, Value, qjs};

const UNDEFINED: u32 = 0;
const NUMBER: u32 = 1;
const BIGINT: u32 = 2;
const NULL: u32 = 3;
const CALLABLE: u32 = 4;
const FOREIGN: u32 = 5;

/// A value and its kind.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Slot {
    kind: u32,
    unused: u32,
    /// A number's or a bigint's bits, or the number under which something is known.
    bits: u64,
}

type Callback = Persistent<Function<'static>>;

thread_local! {
    static CALLBACKS: RefCell<Option<[Callback; 3]>> = const { RefCell::new(None) };
    /// Values of the guest's that WebAssembly holds.
    static HELD: RefCell<(Vec<Option<Persistent<Value<'static>>>>, Vec<u32>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// `fail` throws the error that the browser describes in JSON; `objects` gives what a kind and a number stand for; `numbers` gives the number of a function of
/// WebAssembly's, and −1 of anything else.
pub fn set_callbacks<'js>(ctx: &Ctx<'js>, fail: Function<'js>, objects: Function<'js>, numbers: Function<'js>) -> Result<()> {
    CALLBACKS.set(Some([fail, objects, numbers].map(|function| Persistent::save(ctx, function))));
    Ok(())
}

fn callback<'js, A: IntoArgs<'js>, R: FromJs<'js>>(ctx: &Ctx<'js>, which: usize, args: A) -> Result<R> {
    let callback = CALLBACKS.with_borrow(|callbacks| callbacks.as_ref().and_then(|callbacks| callbacks.get(which).cloned()));
    callback.ok_or(rquickjs::Error::Unknown)?.restore(ctx)?.call(args)
}

/// Throws what the browser says that went wrong.
pub fn fail(ctx: &Ctx<'_>, description: &[u8]) -> rquickjs::Error {
    let text = super::js_string::from_utf8(ctx, description);
    match text.and_then(|text| callback::<_, ()>(ctx, 0, (text,))) {
        Ok(()) => rquickjs::Error::Unknown,
        Err(error) => error,
    }
}

/// Lets go of a value that WebAssembly does not hold any more.
pub fn release(handle: u32) {
    HELD.with_borrow_mut(|(held, free)| {
        if held.get_mut(handle as usize).is_some_and(|value| value.take().is_some()) {
            free.push(handle);
        }
    });
}

/// Keeps a value of the guest's for WebAssembly, until it is released.
pub fn hold<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> u32 {
    let value = Some(Persistent::save(ctx, value));
    HELD.with_borrow_mut(|(held, free)| {
        let handle = free.pop().unwrap_or(held.len() as u32);
        match held.get_mut(handle as usize) {
            Some(place) => *place = value,
            None => held.push(value),
        }
        handle
    })
}

pub fn held<'js>(ctx: &Ctx<'js>, handle: u32) -> Result<Value<'js>> {
    let held = HELD.with_borrow(|(held, _)| held.get(handle as usize).cloned().flatten());
    held.ok_or(rquickjs::Error::Unknown)?.restore(ctx)
}

fn known(kind: u32, number: u32) -> Slot {
    Slot { kind, unused: 0, bits: u64::from(number) }
}

/// A reference to a function of WebAssembly's, or nothing.
///
/// # Errors
/// Throws a `TypeError` for any other value.
fn function<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Slot> {
    if value.is_null() {
        return Ok(known(NULL, 0));
    }
    match u32::try_from(callback::<_, i32>(ctx, 2, (value.clone(),))?) {
        Ok(number) => Ok(known(CALLABLE, number)),
        Err(_) => Err(super::super::buffer::throw::type_error(ctx, "", "type incompatibility when transforming from/to JS")),
    }
}

fn reference<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Slot {
    if value.is_undefined() {
        known(UNDEFINED, 0)
    } else if value.is_null() {
        known(NULL, 0)
    } else {
        known(FOREIGN, hold(ctx, value.clone()))
    }
}

fn number(ctx: &Ctx<'_>, value: &Value<'_>) -> Result<f64> {
    if let Some(number) = value.as_number() {
        return Ok(number);
    }
    let mut number = 0.0;
    // SAFETY: a live context and value; the place is ours.
    if unsafe { qjs::JS_ToFloat64(ctx.as_raw().as_ptr(), &mut number, value.as_raw()) } < 0 { Err(rquickjs::Error::Exception) } else { Ok(number) }
}

fn bigint(ctx: &Ctx<'_>, value: &Value<'_>) -> Result<i64> {
    if value.is_number() {
        let text = super::js_string::to_utf8(value)?;
        return Err(super::super::buffer::throw::type_error(ctx, "", &format!("Cannot convert {text} to a BigInt")));
    }
    let mut number = 0;
    // SAFETY: as above.
    if unsafe { qjs::JS_ToBigInt64(ctx.as_raw().as_ptr(), &mut number, value.as_raw()) } < 0 { Err(rquickjs::Error::Exception) } else { Ok(number) }
}

impl Slot {
    /// An argument, or a result of an import, for a parameter whose type has this letter.
    pub fn of<'js>(ctx: &Ctx<'js>, value: &Value<'js>, letter: u8) -> Result<Self> {
        Ok(match letter {
            b'i' | b'f' | b'd' => Slot { kind: NUMBER, unused: 0, bits: number(ctx, value)?.to_bits() },
            b'l' => Slot { kind: BIGINT, unused: 0, bits: bigint(ctx, value)? as u64 },
            b'c' => function(ctx, value)?,
            _ => reference(ctx, value),
        })
    }

    /// An argument of a function whose signature nobody knows: one that came out of a table.
    pub fn guess<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Self> {
        let letter = match value.type_of() {
            rquickjs::Type::BigInt => b'l',
            rquickjs::Type::Undefined | rquickjs::Type::Null | rquickjs::Type::Symbol => b'e',
            rquickjs::Type::Function => b'c',
            _ => b'd',
        };
        Self::of(ctx, value, letter)
    }

    pub fn value<'js>(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let number = self.bits as u32;
        match self.kind {
            UNDEFINED => Ok(Value::new_undefined(ctx.clone())),
            NUMBER => Ok(Value::new_number(ctx.clone(), f64::from_bits(self.bits))),
            BIGINT => big(ctx, self.bits as i64),
            NULL => Ok(Value::new_null(ctx.clone())),
            FOREIGN => held(ctx, number),
            kind => callback(ctx, 1, (kind, number)),
        }
    }

    /// What an adapter has put into one of its own slots, for a parameter with this letter.
    pub fn from_bits<'js>(ctx: &Ctx<'js>, bits: u64, letter: u8) -> Result<Value<'js>> {
        match letter {
            b'i' => Ok(Value::new_int(ctx.clone(), bits as u32 as i32)),
            b'f' => Ok(Value::new_number(ctx.clone(), f64::from(f32::from_bits(bits as u32)))),
            b'd' => Ok(Value::new_number(ctx.clone(), f64::from_bits(bits))),
            b'l' => big(ctx, bits as i64),
            _ => known((bits & 7) as u32, (bits >> 3) as u32).value(ctx),
        }
    }

    /// What an adapter takes for a result with this letter.
    pub fn into_bits<'js>(ctx: &Ctx<'js>, value: &Value<'js>, letter: u8) -> Result<u64> {
        Ok(match letter {
            b'i' => {
                let mut number = 0;
                // SAFETY: as above.
                if unsafe { qjs::JS_ToInt32(ctx.as_raw().as_ptr(), &mut number, value.as_raw()) } < 0 {
                    return Err(rquickjs::Error::Exception);
                }
                u64::from(number as u32)
            }
            b'f' => u64::from((number(ctx, value)? as f32).to_bits()),
            b'd' => number(ctx, value)?.to_bits(),
            b'l' => bigint(ctx, value)? as u64,
            letter => {
                let slot = Self::of(ctx, value, letter)?;
                slot.bits << 3 | u64::from(slot.kind)
            }
        })
    }
}

fn big<'js>(ctx: &Ctx<'js>, number: i64) -> Result<Value<'js>> {
    // SAFETY: the new value is ours.
    unsafe { crate::raw::take(ctx, qjs::JS_NewBigInt64(ctx.as_raw().as_ptr(), number)) }
}
