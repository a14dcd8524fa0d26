//! `internalBinding('url')`: WHATWG URLs for `lib/internal/url.js`.
//!
//! The library keeps a URL as its serialization and nine numbers that say where its parts lie; every call that yields a
//! serialization writes those numbers into `urlComponents` first.

pub mod domain;

use rquickjs::function::Opt;
use rquickjs::{Ctx, Object, Result, TypedArray, Value};
use url::{Position, Url, quirks};

use super::buffer::{Bytes, define, js_string, throw};

const OMITTED: u32 = u32::MAX;

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
        match parse(&href, None).and_then(|url| update(url, action, &value)) {
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
            Some(url) => js_string::from_str(&ctx, &quirks::origin(&url)),
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

fn parse(input: &str, base: Option<&str>) -> Option<Url> {
    match base {
        Some(base) => Url::parse(base).ok()?.join(input).ok(),
        None => Url::parse(input).ok(),
    }
}

/// Writes where the parts of `url` lie, and returns its serialization.
fn publish<'js>(ctx: &Ctx<'js>, slots: &Value<'js>, url: &Url) -> Result<Value<'js>> {
    let mut bytes = Bytes::require(slots)?;
    for (slot, number) in bytes.as_mut_slice().chunks_exact_mut(4).zip(components(url)) {
        slot.copy_from_slice(&number.to_ne_bytes());
    }
    js_string::from_str(ctx, url.as_str())
}

/// Protocol end, username end, host start, host end, port, path start, query start, fragment start, kind of scheme.
/// The host starts at the `@` when there are credentials; parts that are absent are `OMITTED`.
fn components(url: &Url) -> [u32; 9] {
    let at = |position: Position| url[..position].len() as u32;
    let protocol_end = at(Position::AfterScheme) + 1;
    let (username_end, host_start, host_end) = if url.has_authority() {
        let host_start = at(Position::BeforeHost);
        if url.username().is_empty() && url.password().is_none() {
            (host_start, host_start, at(Position::AfterHost))
        } else {
            (at(Position::AfterUsername), host_start - 1, at(Position::AfterHost))
        }
    } else {
        (protocol_end, protocol_end, protocol_end)
    };
    let scheme_type = match url.scheme() {
        "http" => 0,
        "https" => 2,
        "ws" => 3,
        "ftp" => 4,
        "wss" => 5,
        "file" => 6,
        _ => 1,
    };
    [
        protocol_end,
        username_end,
        host_start,
        host_end,
        url.port().map_or(OMITTED, u32::from),
        at(Position::BeforePath),
        url.query().map_or(OMITTED, |_| at(Position::BeforeQuery) - 1),
        url.fragment().map_or(OMITTED, |_| at(Position::BeforeFragment) - 1),
        scheme_type,
    ]
}

/// Carries out one of the library's `updateActions`. `None` means that the value was refused.
fn update(mut url: Url, action: u32, value: &str) -> Option<Url> {
    match action {
        0 => quirks::set_protocol(&mut url, value).ok()?,
        1 => quirks::set_host(&mut url, value).ok()?,
        2 => quirks::set_hostname(&mut url, value).ok()?,
        3 => quirks::set_port(&mut url, value).ok()?,
        4 => quirks::set_username(&mut url, value).ok()?,
        5 => quirks::set_password(&mut url, value).ok()?,
        6 => quirks::set_pathname(&mut url, value),
        7 => quirks::set_search(&mut url, value),
        8 => quirks::set_hash(&mut url, value),
        9 => url = Url::parse(value).ok()?,
        _ => return None,
    }
    Some(url)
}

fn format(mut url: Url, hash: bool, unicode: bool, search: bool, auth: bool) -> String {
    if !hash {
        url.set_fragment(None);
    }
    if !search {
        url.set_query(None);
    }
    if !auth {
        // Neither fails on a URL with a host; one without has no credentials.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    if unicode && url.has_host() {
        let name = domain::to_unicode(&url[Position::BeforeHost..Position::AfterHost]);
        return format!("{}{}{}", &url[..Position::BeforeHost], name, &url[Position::AfterHost..]);
    }
    url.into()
}

/// What `ws://x` has as its host name after it was set to `name`; empty when it is refused.
fn hostname(name: &str) -> String {
    let Ok(mut url) = Url::parse("ws://x") else { return String::new() };
    match quirks::set_hostname(&mut url, name) {
        Ok(()) => quirks::hostname(&url).to_owned(),
        Err(()) => String::new(),
    }
}

/// A `file:` URL of an absolute path. The characters that would end or change the path are escaped.
fn file_url(path: &str, windows: bool, host: Option<&str>) -> Option<Url> {
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
            c => escaped.push(c),
        }
    }
    let mut url = Url::parse("file://").ok()?;
    quirks::set_pathname(&mut url, &escaped);
    if let Some(host) = host {
        quirks::set_hostname(&mut url, host).ok()?;
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
