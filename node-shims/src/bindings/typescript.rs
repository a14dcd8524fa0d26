//! TypeScript is made JavaScript by an image of its own (`node-shims/typescript`), which says what its bytes mean. `lib/typescript.js` asks it.

use rquickjs::{Array, Ctx, Object, Result, Value};

use super::buffer::{define, js_string};
use crate::Env;

/// The image's name for the host.
const IMAGE: &str = "typescript";

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    define(ctx, &binding, "ask", ask)?;
    super::script(ctx, "typescript", &binding)?;
    Ok(binding)
}

/// `[0, code, map]`, or the kind of error, its message, the lines around it and the line's number. Undefined where the image cannot be had.
fn ask<'js>(ctx: Ctx<'js>, flags: u8, name: Value<'js>, source: Value<'js>) -> Result<Value<'js>> {
    let name = js_string::to_utf8(&name)?;
    let mut request = vec![flags];
    request.extend_from_slice(&(name.len() as u32).to_le_bytes());
    request.extend_from_slice(name.as_bytes());
    request.extend_from_slice(js_string::to_utf8(&source)?.as_bytes());
    let mut answer = Vec::new();
    if !Env::of(&ctx)?.host().extension(IMAGE, &request, &mut answer) {
        return Ok(Value::new_undefined(ctx));
    }
    let parts = Array::new(ctx.clone())?;
    let (kind, mut rest) = answer.split_first().ok_or(rquickjs::Error::Unknown)?;
    parts.set(0, *kind)?;
    if *kind != 0 {
        parts.set(3, number(&mut rest)?)?;
    }
    let length = number(&mut rest)? as usize;
    let (first, second) = rest.split_at_checked(length).ok_or(rquickjs::Error::Unknown)?;
    parts.set(1, js_string::from_utf8(&ctx, first)?)?;
    parts.set(2, js_string::from_utf8(&ctx, second)?)?;
    Ok(parts.into_value())
}

fn number(bytes: &mut &[u8]) -> Result<u32> {
    let (head, tail) = bytes.split_first_chunk().ok_or(rquickjs::Error::Unknown)?;
    *bytes = tail;
    Ok(u32::from_le_bytes(*head))
}
