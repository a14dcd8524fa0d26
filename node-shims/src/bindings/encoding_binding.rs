//! `internalBinding('encoding_binding')`: `TextEncoder`, the UTF-8 and Latin-1 paths of `TextDecoder`, and IDNA for `url`.

use rquickjs::{Ctx, Object, Result, TypedArray, Value};

use super::buffer::{Bytes, bytes, define, js_string, throw};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let results = TypedArray::<u32>::new_copy(ctx.clone(), [0u32, 0])?;
    binding.set("encodeIntoResults", results.clone())?;
    let results = results.into_value();
    define(ctx, &binding, "encodeInto", move |source: Value<'js>, target: Value<'js>| {
        let mut target = Bytes::require(&target)?;
        let (read, written) = js_string::with_wtf8(&source, |wtf8| encode_into(wtf8, target.as_mut_slice()))?;
        let mut results = Bytes::require(&results)?;
        if let [a, b, c, d, e, f, g, h] = results.as_mut_slice() {
            [*a, *b, *c, *d] = read.to_ne_bytes();
            [*e, *f, *g, *h] = written.to_ne_bytes();
        }
        Ok::<_, rquickjs::Error>(())
    })?;
    define(ctx, &binding, "encodeUtf8String", |ctx: Ctx<'js>, source: Value<'js>| {
        let utf8 = js_string::with_wtf8(&source, |wtf8| {
            let mut utf8 = wtf8.to_vec();
            js_string::replace_surrogates(&mut utf8);
            utf8
        })?;
        bytes::uint8_array(&ctx, utf8)
    })?;
    define(ctx, &binding, "decodeUTF8", |ctx: Ctx<'js>, source: Value<'js>, ignore_bom: bool, fatal: bool| {
        let Some(bytes) = Bytes::of(&source) else {
            let message = "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.";
            return Err(throw::type_error(&ctx, "ERR_INVALID_ARG_TYPE", message));
        };
        let mut data = bytes.as_slice();
        if fatal && simdutf8::basic::from_utf8(data).is_err() {
            let message = "The encoded data was not valid for encoding utf-8";
            return Err(throw::type_error(&ctx, "ERR_ENCODING_INVALID_ENCODED_DATA", message));
        }
        if !ignore_bom {
            data = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
        }
        js_string::from_utf8(&ctx, data)
    })?;
    define(ctx, &binding, "decodeLatin1", |ctx: Ctx<'js>, source: Value<'js>| {
        // The Encoding standard means windows-1252 by that name; Node of this release does not.
        let text: String = Bytes::require(&source)?.as_slice().iter().copied().map(char::from).collect();
        js_string::from_str(&ctx, &text)
    })?;
    define(ctx, &binding, "toASCII", |ctx: Ctx<'js>, domain: Value<'js>| {
        let domain = js_string::to_utf8(&domain)?;
        js_string::from_str(&ctx, &super::url::domain::to_ascii(&domain).unwrap_or_default())
    })?;
    define(ctx, &binding, "toUnicode", |ctx: Ctx<'js>, domain: Value<'js>| {
        let domain = js_string::to_utf8(&domain)?;
        js_string::from_str(&ctx, &super::url::domain::to_unicode(&domain))
    })?;
    Ok(binding)
}

/// Whole characters that fit, as UTF-8. Returns the UTF-16 units read and the bytes written.
fn encode_into(wtf8: &[u8], target: &mut [u8]) -> (u32, u32) {
    let mut len = target.len().min(wtf8.len());
    while len < wtf8.len() && len > 0 && wtf8[len] & 0xC0 == 0x80 {
        len -= 1;
    }
    target[..len].copy_from_slice(&wtf8[..len]);
    // A character of four bytes is two units, any other one.
    let units: usize = wtf8[..len].iter().map(|b| usize::from(b & 0xC0 != 0x80) + usize::from(*b >= 0xF0)).sum();
    js_string::replace_surrogates(&mut target[..len]);
    (units as u32, len as u32)
}
