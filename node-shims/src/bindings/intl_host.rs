//! What the browser knows of the world's languages and encodings, and of patterns, for `lib/intl.js`, `lib/icu.js` and `lib/url_pattern.js`. Other hosts know nothing of it.

use rquickjs::{Ctx, Object, Result, Value};

use super::buffer::{Bytes, define, js_string};
use crate::Env;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    binding.set("available", cfg!(target_family = "wasm"))?;
    define(ctx, &binding, "ask", |ctx: Ctx<'js>, request: Value<'js>| {
        text(&ctx, "intl", js_string::to_utf8(&request)?.as_bytes())
    })?;
    // As `ask`, of patterns of addresses (lib/url_pattern.js).
    define(ctx, &binding, "pattern", |ctx: Ctx<'js>, request: Value<'js>| text(&ctx, "pattern", js_string::to_utf8(&request)?.as_bytes()))?;
    // The number of a decoder, or undefined where there is no such encoding.
    define(ctx, &binding, "decoder", |ctx: Ctx<'js>, encoding: String, fatal: bool| {
        let answer = ask(&ctx, "decoder", format!("{}{encoding}", u8::from(fatal)).as_bytes())?;
        Ok::<_, rquickjs::Error>(answer.and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?))))
    })?;
    // The text, or undefined where the bytes are none.
    define(ctx, &binding, "decode", |ctx: Ctx<'js>, decoder: u32, bytes: Value<'js>, stream: bool| {
        let mut request = decoder.to_le_bytes().to_vec();
        request.push(u8::from(stream));
        request.extend_from_slice(Bytes::require(&bytes)?.as_slice());
        text(&ctx, "decode", &request)
    })?;
    Ok(binding)
}

fn ask(ctx: &Ctx<'_>, what: &str, request: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut answer = Vec::new();
    Ok(Env::of(ctx)?.host().extension(what, request, &mut answer).then_some(answer))
}

fn text<'js>(ctx: &Ctx<'js>, what: &str, request: &[u8]) -> Result<Value<'js>> {
    match ask(ctx, what, request)? {
        Some(answer) => js_string::from_utf8(ctx, &answer),
        None => Ok(Value::new_undefined(ctx.clone())),
    }
}
