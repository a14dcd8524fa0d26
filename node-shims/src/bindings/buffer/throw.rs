//! Errors as Node's C++ throws them: a native error class, a `code`, and the plain message.

use rquickjs::function::Constructor;
use rquickjs::{Ctx, Error, Object, Result, Value};

pub fn error<'js>(ctx: &Ctx<'js>, code: &str, message: &str) -> Error {
    throw(ctx, "Error", code, message)
}

pub fn type_error<'js>(ctx: &Ctx<'js>, code: &str, message: &str) -> Error {
    throw(ctx, "TypeError", code, message)
}

pub fn range_error<'js>(ctx: &Ctx<'js>, code: &str, message: &str) -> Error {
    throw(ctx, "RangeError", code, message)
}

/// An error object of `class` with a `code` property, not thrown yet.
pub fn new<'js>(ctx: &Ctx<'js>, class: &str, code: &str, message: &str) -> Result<Object<'js>> {
    let class: Constructor = ctx.globals().get(class)?;
    let error: Object = class.construct((message,))?;
    if !code.is_empty() {
        error.set("code", code)?;
    }
    Ok(error)
}

/// Throws `value` as it is.
pub fn value<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Error {
    ctx.throw(value)
}

fn throw<'js>(ctx: &Ctx<'js>, class: &str, code: &str, message: &str) -> Error {
    match new(ctx, class, code, message) {
        Ok(object) => ctx.throw(object.into_value()),
        Err(error) => error,
    }
}
