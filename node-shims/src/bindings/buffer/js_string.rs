//! JavaScript strings in and out, lone surrogates included, which Rust's own strings cannot hold.

use rquickjs::{Ctx, Result, Value, qjs};

/// Runs `read` over the string's code points in WTF-8: UTF-8, but a lone surrogate stands as its own three bytes.
/// No copy is made of a string that is ASCII alone.
pub fn with_wtf8<R>(value: &Value<'_>, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    let ctx = value.ctx();
    let mut len: qjs::size_t = 0;
    // SAFETY: the pointer is valid until it is freed below, and `read` cannot reach the engine through its argument.
    unsafe {
        let ptr = qjs::JS_ToCStringLen2(ctx.as_raw().as_ptr(), &mut len, value.as_raw(), false);
        if ptr.is_null() {
            return Err(rquickjs::Error::Exception);
        }
        let result = read(std::slice::from_raw_parts(ptr.cast::<u8>(), len as usize));
        qjs::JS_FreeCString(ctx.as_raw().as_ptr(), ptr);
        Ok(result)
    }
}

/// Runs `read` over the string's UTF-16 code units.
pub fn with_utf16<R>(value: &Value<'_>, read: impl FnOnce(&[u16]) -> R) -> Result<R> {
    let ctx = value.ctx();
    let mut len: qjs::size_t = 0;
    // SAFETY: as above.
    unsafe {
        let ptr = qjs::JS_ToCStringLenUTF16(ctx.as_raw().as_ptr(), &mut len, value.as_raw());
        if ptr.is_null() {
            return Err(rquickjs::Error::Exception);
        }
        let result = read(std::slice::from_raw_parts(ptr, len as usize));
        qjs::JS_FreeCStringUTF16(ctx.as_raw().as_ptr(), ptr);
        Ok(result)
    }
}

/// The string as UTF-8; a lone surrogate becomes U+FFFD, as in V8's `WriteUtf8` with replacement.
pub fn to_utf8(value: &Value<'_>) -> Result<String> {
    with_wtf8(value, |wtf8| match simdutf8::basic::from_utf8(wtf8) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let mut bytes = wtf8.to_vec();
            replace_surrogates(&mut bytes);
            String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
        }
    })
}

/// Turns each lone surrogate of WTF-8 into U+FFFD, in place: both take three bytes.
pub fn replace_surrogates(wtf8: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = wtf8[at..].iter().position(|&b| b == 0xED) {
        at += found;
        if let [first, second, third, ..] = &mut wtf8[at..]
            && *second >= 0xA0
        {
            (*first, *second, *third) = (0xEF, 0xBF, 0xBD);
        }
        at += 1;
    }
}

/// A string of UTF-8 bytes; each malformed sequence becomes U+FFFD as the Encoding standard says (maximal subparts).
pub fn from_utf8<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return from_valid_utf8(ctx, bytes);
    }
    from_valid_utf8(ctx, String::from_utf8_lossy(bytes).as_bytes())
}

/// A string whose units are the bytes.
pub fn from_latin1<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    if bytes.is_ascii() {
        return from_valid_utf8(ctx, bytes);
    }
    let mut utf8 = Vec::with_capacity(bytes.len() * 2);
    for &b in bytes {
        if b < 0x80 {
            utf8.push(b);
        } else {
            utf8.extend([0xC0 | (b >> 6), 0x80 | (b & 0x3F)]);
        }
    }
    from_valid_utf8(ctx, &utf8)
}

/// A string of UTF-16 units, kept as they are.
pub fn from_utf16<'js>(ctx: &Ctx<'js>, units: &[u16]) -> Result<Value<'js>> {
    if units.iter().all(|&u| u < 0x100) {
        // A narrow string takes half the room in the engine.
        let narrow: Vec<u8> = units.iter().map(|&u| u as u8).collect();
        return from_latin1(ctx, &narrow);
    }
    // SAFETY: the engine copies the units.
    unsafe {
        let raw = qjs::JS_NewStringUTF16(ctx.as_raw().as_ptr(), units.as_ptr(), units.len() as _);
        finish(ctx, raw)
    }
}

/// A string of ASCII or other text that is known to be UTF-8.
pub fn from_str<'js>(ctx: &Ctx<'js>, text: &str) -> Result<Value<'js>> {
    from_valid_utf8(ctx, text.as_bytes())
}

fn from_valid_utf8<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the engine copies the bytes; the length is given.
    unsafe {
        let raw = qjs::JS_NewStringLen(ctx.as_raw().as_ptr(), bytes.as_ptr().cast(), bytes.len() as _);
        finish(ctx, raw)
    }
}

unsafe fn finish<'js>(ctx: &Ctx<'js>, raw: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: `raw` is an owned value or the exception mark.
    unsafe {
        if qjs::JS_IsException(raw) {
            return Err(rquickjs::Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), raw))
    }
}
