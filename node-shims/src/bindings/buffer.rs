//! `internalBinding('buffer')`: the native half of Node's `Buffer`.

pub mod base64;
pub mod bytes;
pub mod encoding;
pub mod js_string;
mod search;
pub mod throw;

use rquickjs::function::{Opt, This};
use rquickjs::{Coerced, Ctx, FromJs, Function, JsLifetime, Object, Persistent, Result, TypedArray, Value};

pub use bytes::Bytes;
pub use encoding::Encoding;

/// `Buffer.prototype`, kept for buffers that bindings make.
struct Prototype(Persistent<Object<'static>>);

// SAFETY: the value inside is persistent and bound to no context's lifetime.
unsafe impl<'js> JsLifetime<'js> for Prototype {
    type Changed<'to> = Prototype;
}

/// The largest typed array that the engine makes (its lengths are 32-bit signed).
const MAX_LENGTH: i32 = i32::MAX;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    slices(ctx, &binding)?;
    writes(ctx, &binding)?;
    comparisons(ctx, &binding)?;
    searches(ctx, &binding)?;
    movements(ctx, &binding)?;
    web(ctx, &binding)?;
    binding.set("kMaxLength", MAX_LENGTH)?;
    binding.set("kStringMaxLength", encoding::MAX_STRING_LENGTH as u32)?;
    define(ctx, &binding, "setBufferPrototype", |ctx: Ctx<'js>, prototype: Object<'js>| {
        let kept = Prototype(Persistent::save(&ctx, prototype));
        // The error says that the user data is borrowed, which no binding does while scripts run.
        drop(ctx.store_userdata(kept));
    })?;
    define(ctx, &binding, "getZeroFillToggle", |ctx: Ctx<'js>| TypedArray::<u32>::new_copy(ctx, [1u32]))?;
    Ok(binding)
}

fn slices<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let names = [
        ("asciiSlice", Encoding::Ascii),
        ("base64Slice", Encoding::Base64),
        ("base64urlSlice", Encoding::Base64Url),
        ("latin1Slice", Encoding::Latin1),
        ("hexSlice", Encoding::Hex),
        ("ucs2Slice", Encoding::Ucs2),
        ("utf8Slice", Encoding::Utf8),
    ];
    for (name, encoding) in names {
        let slice = move |ctx: Ctx<'js>, this: This<Value<'js>>, start: Opt<Value<'js>>, end: Opt<Value<'js>>| {
            let len = Bytes::require(&this.0)?.len();
            if len == 0 {
                return js_string::from_str(&ctx, "");
            }
            let start = index(&ctx, start.0, 0)?;
            let end = index(&ctx, end.0, len)?.max(start);
            let bytes = Bytes::require(&this.0)?;
            let Some(part) = bytes.as_slice().get(start..end) else { return Err(out_of_range(&ctx)) };
            encoding.decode(&ctx, part)
        };
        define(ctx, binding, name, slice)?;
    }
    Ok(())
}

fn writes<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let methods = [
        ("base64Write", Encoding::Base64),
        ("base64urlWrite", Encoding::Base64Url),
        ("hexWrite", Encoding::Hex),
        ("ucs2Write", Encoding::Ucs2),
    ];
    for (name, encoding) in methods {
        let write = move |ctx: Ctx<'js>,
                          this: This<Value<'js>>,
                          text: Opt<Value<'js>>,
                          offset: Opt<Value<'js>>,
                          length: Opt<Value<'js>>| {
            write_string(&ctx, encoding, &this.0, text.0, offset.0, length.0)
        };
        define(ctx, binding, name, write)?;
    }
    let statics = [
        ("asciiWriteStatic", Encoding::Latin1),
        ("latin1WriteStatic", Encoding::Latin1),
        ("utf8WriteStatic", Encoding::Utf8),
    ];
    for (name, encoding) in statics {
        let write = move |ctx: Ctx<'js>,
                          target: Opt<Value<'js>>,
                          text: Opt<Value<'js>>,
                          offset: Opt<Value<'js>>,
                          length: Opt<Value<'js>>| {
            let target = target.0.unwrap_or_else(|| Value::new_undefined(ctx.clone()));
            write_string(&ctx, encoding, &target, text.0, offset.0, length.0)
        };
        define(ctx, binding, name, write)?;
    }
    Ok(())
}

fn write_string<'js>(
    ctx: &Ctx<'js>,
    encoding: Encoding,
    target: &Value<'js>,
    text: Option<Value<'js>>,
    offset: Option<Value<'js>>,
    length: Option<Value<'js>>,
) -> Result<usize> {
    let len = Bytes::require(target)?.len();
    let Some(text) = text.filter(Value::is_string) else {
        return Err(throw::type_error(ctx, "ERR_INVALID_ARG_TYPE", "argument must be a string"));
    };
    let offset = index(ctx, offset, 0)?;
    if offset > len {
        let message = "\"offset\" is outside of buffer bounds";
        return Err(throw::range_error(ctx, "ERR_BUFFER_OUT_OF_BOUNDS", message));
    }
    let room = index(ctx, length, len - offset)?.min(len - offset);
    if room == 0 {
        return Ok(0);
    }
    let mut bytes = Bytes::require(target)?;
    match bytes.as_mut_slice().get_mut(offset..offset + room) {
        Some(room) => encoding.write(room, &text),
        None => Ok(0),
    }
}

fn comparisons<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    define(ctx, binding, "compare", |a: Value<'js>, b: Value<'js>| {
        let (a, b) = (Bytes::require(&a)?, Bytes::require(&b)?);
        Ok::<_, rquickjs::Error>(a.as_slice().cmp(b.as_slice()) as i32)
    })?;
    define(
        ctx,
        binding,
        "compareOffset",
        |ctx: Ctx<'js>,
         source: Value<'js>,
         target: Value<'js>,
         target_start: Value<'js>,
         source_start: Value<'js>,
         target_length: Value<'js>,
         source_length: Value<'js>| {
            let target_start = index(&ctx, Some(target_start), 0)?;
            let source_start = index(&ctx, Some(source_start), 0)?;
            let target_end = index(&ctx, Some(target_length), 0)?;
            let source_end = index(&ctx, Some(source_length), 0)?;
            let (source, target) = (Bytes::require(&source)?, Bytes::require(&target)?);
            let (source, target) = (source.as_slice(), target.as_slice());
            if source_start > source.len() {
                return Err(value_out_of_range(&ctx, "sourceStart"));
            }
            if target_start > target.len() {
                return Err(value_out_of_range(&ctx, "targetStart"));
            }
            let source = &source[source_start..source_end.clamp(source_start, source.len())];
            let target = &target[target_start..target_end.clamp(target_start, target.len())];
            Ok(source.cmp(target) as i32)
        },
    )?;
    define(ctx, binding, "isUtf8", |ctx: Ctx<'js>, value: Value<'js>| {
        let bytes = attached(&ctx, &value)?;
        Ok::<_, rquickjs::Error>(simdutf8::basic::from_utf8(bytes.as_slice()).is_ok())
    })?;
    define(ctx, binding, "isAscii", |ctx: Ctx<'js>, value: Value<'js>| {
        let bytes = attached(&ctx, &value)?;
        Ok::<_, rquickjs::Error>(bytes.as_slice().is_ascii())
    })?;
    define(ctx, binding, "byteLengthUtf8", |text: Value<'js>| js_string::with_wtf8(&text, <[u8]>::len))
}

fn searches<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    define(
        ctx,
        binding,
        "indexOfString",
        |ctx: Ctx<'js>, haystack: Value<'js>, needle: Value<'js>, offset: Value<'js>, enc: Value<'js>, forward: bool| {
            let encoding = Encoding::parse(Some(&enc), Encoding::Utf8);
            let offset = integer(&ctx, &offset)?;
            let needle = encoding.encode(&needle)?;
            let haystack = Bytes::require(&haystack)?;
            let mut haystack = haystack.as_slice();
            if encoding == Encoding::Ucs2 {
                // Whole units alone count, but for a buffer as the needle they do not: so it is in Node.
                haystack = &haystack[..haystack.len() & !1];
            }
            Ok::<_, rquickjs::Error>(find(haystack, &needle, offset, encoding, forward))
        },
    )?;
    define(
        ctx,
        binding,
        "indexOfBuffer",
        |ctx: Ctx<'js>, haystack: Value<'js>, needle: Value<'js>, offset: Value<'js>, enc: Value<'js>, forward: bool| {
            let encoding = Encoding::parse(Some(&enc), Encoding::Utf8);
            let offset = integer(&ctx, &offset)?;
            let (haystack, needle) = (Bytes::require(&haystack)?, Bytes::require(&needle)?);
            Ok::<_, rquickjs::Error>(find(haystack.as_slice(), needle.as_slice(), offset, encoding, forward))
        },
    )?;
    define(
        ctx,
        binding,
        "indexOfNumber",
        |ctx: Ctx<'js>, haystack: Value<'js>, needle: Value<'js>, offset: Value<'js>, forward: bool| {
            let offset = integer(&ctx, &offset)?;
            let needle = integer(&ctx, &needle)? as u8;
            let haystack = Bytes::require(&haystack)?;
            Ok::<_, rquickjs::Error>(find(haystack.as_slice(), &[needle], offset, Encoding::Latin1, forward))
        },
    )
}

fn find(haystack: &[u8], needle: &[u8], offset: i64, encoding: Encoding, forward: bool) -> i64 {
    let Some(from) = search::start(haystack.len(), offset, needle.len(), forward) else { return -1 };
    if needle.is_empty() {
        return from as i64;
    }
    if haystack.is_empty() || needle.len() > haystack.len() || (forward && from + needle.len() > haystack.len()) {
        return -1;
    }
    let found = if encoding == Encoding::Ucs2 {
        if haystack.len() < 2 || needle.len() < 2 {
            return -1;
        }
        search::units(haystack, needle, from / 2, forward).map(|i| i * 2)
    } else {
        search::bytes(haystack, needle, from, forward)
    };
    found.map_or(-1, |i| i as i64)
}

fn movements<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    define(
        ctx,
        binding,
        "copy",
        |ctx: Ctx<'js>, source: Value<'js>, target: Value<'js>, to: Value<'js>, from: Value<'js>, count: Value<'js>| {
            let (to, from) = (index(&ctx, Some(to), 0)?, index(&ctx, Some(from), 0)?);
            let count = index(&ctx, Some(count), 0)?;
            let (source, target) = (Bytes::require(&source)?, Bytes::require(&target)?);
            Ok::<_, rquickjs::Error>(move_bytes(&target, to, &source, from, count))
        },
    )?;
    define(
        ctx,
        binding,
        "copyArrayBuffer",
        |ctx: Ctx<'js>, target: Value<'js>, to: Value<'js>, source: Value<'js>, from: Value<'js>, count: Value<'js>| {
            let (to, from) = (index(&ctx, Some(to), 0)?, index(&ctx, Some(from), 0)?);
            let count = index(&ctx, Some(count), 0)?;
            let (source, target) = (Bytes::require(&source)?, Bytes::require(&target)?);
            move_bytes(&target, to, &source, from, count);
            Ok::<_, rquickjs::Error>(())
        },
    )?;
    define(ctx, binding, "fill", fill)?;
    for (name, width) in [("swap16", 2), ("swap32", 4), ("swap64", 8)] {
        define(ctx, binding, name, move |value: Value<'js>| {
            let mut bytes = Bytes::require(&value)?;
            bytes.as_mut_slice().chunks_exact_mut(width).for_each(<[u8]>::reverse);
            Ok::<_, rquickjs::Error>(value)
        })?;
    }
    Ok(())
}

/// Moves as many of `count` bytes as both sides have; the sides may be one buffer.
fn move_bytes(target: &Bytes<'_>, to: usize, source: &Bytes<'_>, from: usize, count: usize) -> usize {
    let count = count.min(target.len().saturating_sub(to)).min(source.len().saturating_sub(from));
    if count > 0 {
        // SAFETY: both ranges lie within their buffers, and `copy` allows them to overlap.
        unsafe { std::ptr::copy(source.as_ptr().add(from), target.as_ptr().add(to), count) };
    }
    count
}

/// Returns nothing when filled, -1 when the value has no bytes, -2 when the range is outside: the library throws then.
fn fill<'js>(
    ctx: Ctx<'js>,
    target: Value<'js>,
    value: Value<'js>,
    start: Value<'js>,
    end: Value<'js>,
    encoding: Opt<Value<'js>>,
) -> Result<Option<i32>> {
    let (start, end) = (index(&ctx, Some(start), 0)?, index(&ctx, Some(end), 0)?);
    let pattern = if value.is_string() {
        // Only the characters that fit can matter, but a pattern is short in practice.
        Encoding::parse(encoding.0.as_ref(), Encoding::Utf8).encode(&value)?
    } else if let Some(bytes) = Bytes::of(&value) {
        bytes.as_slice().to_vec()
    } else {
        vec![integer(&ctx, &value)? as u8]
    };
    let mut target = Bytes::require(&target)?;
    let Some(range) = target.as_mut_slice().get_mut(start..end) else { return Ok(Some(-2)) };
    if range.is_empty() {
        return Ok(None);
    }
    if let [byte] = pattern[..] {
        range.fill(byte);
        return Ok(None);
    }
    if pattern.is_empty() {
        return Ok(Some(-1));
    }
    let mut filled = pattern.len().min(range.len());
    range[..filled].copy_from_slice(&pattern[..filled]);
    while filled < range.len() {
        let more = filled.min(range.len() - filled);
        range.copy_within(..more, filled);
        filled += more;
    }
    Ok(None)
}

fn web<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    define(ctx, binding, "btoa", |ctx: Ctx<'js>, text: Value<'js>| {
        let narrow: Option<Vec<u8>> =
            js_string::with_utf16(&text, |units| units.iter().map(|&u| u8::try_from(u).ok()).collect())?;
        match narrow {
            Some(bytes) => js_string::from_str(&ctx, &base64::encode(&bytes, base64::STANDARD, true)),
            None => Ok(Value::new_int(ctx, -1)),
        }
    })?;
    define(ctx, binding, "atob", |ctx: Ctx<'js>, text: Value<'js>| {
        // A unit above 255 is outside the alphabet, and so is the 255 that stands for it here.
        let narrow: Vec<u8> =
            js_string::with_utf16(&text, |units| units.iter().map(|&u| u8::try_from(u).unwrap_or(255)).collect())?;
        match base64::decode_forgiving(&narrow) {
            Ok(bytes) => js_string::from_latin1(&ctx, &bytes),
            Err(error) => Ok(Value::new_int(ctx, error as i32)),
        }
    })
}

/// An index argument: undefined is `default`, negative or out of range throws as Node does.
fn index<'js>(ctx: &Ctx<'js>, value: Option<Value<'js>>, default: usize) -> Result<usize> {
    let Some(value) = value.filter(|v| !v.is_undefined()) else { return Ok(default) };
    usize::try_from(integer(ctx, &value)?).map_err(|_| out_of_range(ctx))
}

fn integer<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<i64> {
    if let Some(int) = value.as_int() {
        return Ok(i64::from(int));
    }
    let number = match value.as_float() {
        Some(float) => float,
        None => Coerced::<f64>::from_js(ctx, value.clone())?.0,
    };
    // `as` saturates and turns NaN into 0, as ToIntegerOrInfinity and a clamp would.
    Ok(number as i64)
}

fn attached<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Bytes<'js>> {
    let buffer = match value.as_object() {
        Some(object) if object.as_array_buffer().is_none() => object.get::<_, Value>("buffer")?,
        _ => value.clone(),
    };
    let is_detached = |value: &Value<'js>| value.as_object().is_some_and(|object| object.get::<_, bool>("detached").unwrap_or(false));
    let detached = is_detached(value) || is_detached(&buffer);
    if detached {
        return Err(throw::error(ctx, "ERR_INVALID_STATE", "Cannot validate on a detached buffer"));
    }
    Bytes::require(value)
}

fn out_of_range(ctx: &Ctx<'_>) -> rquickjs::Error {
    throw::range_error(ctx, "ERR_OUT_OF_RANGE", "Index out of range")
}

fn value_out_of_range(ctx: &Ctx<'_>, name: &str) -> rquickjs::Error {
    throw::range_error(ctx, "ERR_OUT_OF_RANGE", &format!("The value of \"{name}\" is out of range."))
}

/// The prototype that the library gave to `setBufferPrototype`: buffers that bindings make get it.
pub fn buffer_prototype<'js>(ctx: &Ctx<'js>) -> Option<Object<'js>> {
    ctx.userdata::<Prototype>()?.0.clone().restore(ctx).ok()
}

/// Adds a native function under its own name.
pub fn define<'js, P, F>(ctx: &Ctx<'js>, target: &Object<'js>, name: &str, function: F) -> Result<()>
where
    F: rquickjs::function::IntoJsFunc<'js, P> + 'js,
{
    let function = Function::new(ctx.clone(), function)?.with_name(name)?;
    target.set(name, function)
}
