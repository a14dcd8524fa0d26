//! `internalBinding('url')`: WHATWG URLs for `lib/internal/url.js`.
//!
//! The library keeps a URL as its serialization and nine numbers that say where its parts lie; every call that yields a
//! serialization writes those numbers into `urlComponents` first.

pub mod domain;
mod host;
pub mod parser;
mod percent;
pub mod record;

use rquickjs::function::Opt;
use rquickjs::{Ctx, Object, Result, TypedArray, Value};

use record::{Part, Path, Record};

use super::buffer::{Bytes, define, js_string, throw};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let components = TypedArray::<u32>::new_copy(ctx.clone(), [0u32; 9])?.into_value();
    binding.set("urlComponents", components.clone())?;

    let slots = components.clone();
    define(ctx, &binding, "parse", move |ctx: Ctx<'js>, input: Value<'js>, base: Opt<Value<'js>>, raise: Opt<bool>| {
        let base = base.0.filter(|b| !b.is_undefined());
        let parsed = parse(&js_string::to_utf8(&input)?, base.as_ref().map(js_string::to_utf8).transpose()?.as_deref());
        match parsed {
            Some(url) => publish(&ctx, &slots, &url),
            None if raise.0.unwrap_or(false) => Err(invalid_url(&ctx, Some(input), base)),
            None => Ok(Value::new_undefined(ctx)),
        }
    })?;
    define(ctx, &binding, "canParse", |input: Value<'js>, base: Opt<Value<'js>>| {
        let base = base.0.filter(|b| !b.is_undefined());
        let base = base.as_ref().map(js_string::to_utf8).transpose()?;
        Ok::<_, rquickjs::Error>(parse(&js_string::to_utf8(&input)?, base.as_deref()).is_some())
    })?;
    let slots = components.clone();
    define(ctx, &binding, "update", move |ctx: Ctx<'js>, href: Value<'js>, action: u32, value: Value<'js>| {
        let (href, value) = (js_string::to_utf8(&href)?, js_string::to_utf8(&value)?);
        match parse(&href, None).zip(Part::from_number(action)).and_then(|(url, part)| update(url, part, &value)) {
            Some(url) => publish(&ctx, &slots, &url),
            None => Ok(Value::new_bool(ctx, false)),
        }
    })?;
    define(ctx, &binding, "format", |ctx: Ctx<'js>, href: Value<'js>, hash: bool, unicode: bool, search: bool, auth: bool| {
        let href = js_string::to_utf8(&href)?;
        let text = match parse(&href, None) {
            Some(url) => format(url, hash, unicode, search, auth),
            None => href,
        };
        js_string::from_str(&ctx, &text)
    })?;
    define(ctx, &binding, "getOrigin", |ctx: Ctx<'js>, href: Value<'js>| {
        match parse(&js_string::to_utf8(&href)?, None) {
            Some(url) => js_string::from_str(&ctx, &url.origin()),
            None => Err(invalid_url(&ctx, None, None)),
        }
    })?;
    define(ctx, &binding, "domainToASCII", |ctx: Ctx<'js>, name: Value<'js>| {
        js_string::from_str(&ctx, &hostname(&js_string::to_utf8(&name)?))
    })?;
    define(ctx, &binding, "domainToUnicode", |ctx: Ctx<'js>, name: Value<'js>| {
        js_string::from_str(&ctx, &domain::to_unicode(&hostname(&js_string::to_utf8(&name)?)))
    })?;
    let slots = components;
    define(
        ctx,
        &binding,
        "pathToFileURL",
        move |ctx: Ctx<'js>, path: Value<'js>, windows: bool, host: Opt<Value<'js>>| {
            let host = host.0.filter(|h| !h.is_undefined());
            let host = host.as_ref().map(js_string::to_utf8).transpose()?;
            match file_url(&js_string::to_utf8(&path)?, windows, host.as_deref()) {
                Some(url) => publish(&ctx, &slots, &url),
                None => Err(invalid_url(&ctx, Some(path), None)),
            }
        },
    )?;
    Ok(binding)
}

fn parse(input: &str, base: Option<&str>) -> Option<Record> {
    match base {
        Some(base) => parser::parse(input, Some(&parser::parse(base, None)?)),
        None => parser::parse(input, None),
    }
}

/// Writes where the parts of `url` lie, and returns its serialization.
fn publish<'js>(ctx: &Ctx<'js>, slots: &Value<'js>, url: &Record) -> Result<Value<'js>> {
    let (href, components) = url.serialize();
    let mut bytes = Bytes::require(slots)?;
    for (slot, number) in bytes.as_mut_slice().chunks_exact_mut(4).zip(components) {
        slot.copy_from_slice(&number.to_ne_bytes());
    }
    js_string::from_str(ctx, &href)
}

/// `None` means that the value was refused.
fn update(mut url: Record, part: Part, value: &str) -> Option<Record> {
    url.set(part, value).then_some(url)
}

fn format(mut url: Record, hash: bool, unicode: bool, search: bool, auth: bool) -> String {
    if !hash {
        url.fragment = None;
    }
    if !search {
        url.query = None;
    }
    if !auth {
        url.username.clear();
        url.password.clear();
    }
    if unicode && let Some(host) = &mut url.host {
        *host = domain::to_unicode(host);
    }
    url.serialize().0
}

/// What `ws://x` has as its host name after it was set to `name`; empty when it is refused.
fn hostname(name: &str) -> String {
    let Some(mut url) = parser::parse("ws://x", None) else { return String::new() };
    if url.set(Part::Hostname, name) { url.host.unwrap_or_default() } else { String::new() }
}

/// A `file:` URL of an absolute path. The characters that would end or change the path are escaped.
fn file_url(path: &str, windows: bool, host: Option<&str>) -> Option<Record> {
    let mut escaped = String::with_capacity(path.len() + 8);
    for c in path.chars() {
        match c {
            '%' => escaped.push_str("%25"),
            '\\' if !windows => escaped.push_str("%5C"),
            '\n' => escaped.push_str("%0A"),
            '\r' => escaped.push_str("%0D"),
            '\t' => escaped.push_str("%09"),
            '?' => escaped.push_str("%3F"),
            '#' => escaped.push_str("%23"),
            // Node escapes these too, which a path need not.
            '[' => escaped.push_str("%5B"),
            ']' => escaped.push_str("%5D"),
            '|' => escaped.push_str("%7C"),
            '~' => escaped.push_str("%7E"),
            c => escaped.push(c),
        }
    }
    let mut url = parser::parse("file://", None)?;
    url.path = Path::List(Vec::new());
    url.set(Part::Pathname, &escaped);
    if let Some(host) = host
        && !url.set(Part::Hostname, host)
    {
        return None;
    }
    Some(url)
}

fn invalid_url<'js>(ctx: &Ctx<'js>, input: Option<Value<'js>>, base: Option<Value<'js>>) -> rquickjs::Error {
    let build = || {
        let error = throw::new(ctx, "TypeError", "ERR_INVALID_URL", "Invalid URL")?;
        if let Some(input) = input {
            error.set("input", input)?;
        }
        if let Some(base) = base {
            error.set("base", base)?;
        }
        Ok(error.into_value())
    };
    match build() {
        Ok(error) => throw::value(ctx, error),
        Err(error) => error,
    }
}
