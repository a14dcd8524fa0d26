//! What asymmetric keys and certificates need is in an image of its own (`node-shims/asymmetric`): calls go there as bytes, and values come back.
//!
//! The bytes are those of that image's `wire.rs`.

use rquickjs::{Class, Ctx, Object, Result, Value};

use super::keys::KeyObject;
use crate::Env;
use crate::bindings::buffer::{Bytes, bytes, js_string, throw};
use crate::bindings::class::plain_class;

/// The image's name for the host.
const IMAGE: &str = "asymmetric";
/// Deeper values are none of ours.
const DEPTH: u32 = 8;

/// The state of an object of that image: a class's number, and bytes that nobody here looks into.
pub struct State {
    class: u8,
    bytes: Vec<u8>,
}

plain_class!(State, "State");

/// Calls `name` with the arguments.
///
/// # Errors
/// Throws what the image says is to be thrown, and `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where it cannot be had.
pub fn call<'js>(ctx: &Ctx<'js>, name: &str, arguments: &[Value<'js>]) -> Result<Value<'js>> {
    send(ctx, &request(name, arguments)?)
}

/// A call in bytes, for later.
pub fn request(name: &str, arguments: &[Value<'_>]) -> Result<Vec<u8>> {
    let mut request = Vec::new();
    sized(&mut request, 5, name.as_bytes());
    for argument in arguments {
        write(&mut request, argument, 0)?;
    }
    Ok(request)
}

pub fn send<'js>(ctx: &Ctx<'js>, request: &[u8]) -> Result<Value<'js>> {
    let mut answer = Vec::new();
    if !Env::of(ctx)?.host().extension(IMAGE, request, &mut answer) {
        return Err(super::unsupported(ctx, "The image for asymmetric keys (it could not be loaded)"));
    }
    let mut rest = &answer[..];
    let good = read(ctx, &mut rest)?.as_bool() == Some(true);
    let value = read(ctx, &mut rest)?;
    if good { Ok(value) } else { Err(fault(ctx, value)?) }
}

/// `[class, message, code, properties]`.
fn fault<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<rquickjs::Error> {
    let parts = value.into_array().ok_or(rquickjs::Error::Unknown)?;
    let (class, message): (String, String) = (parts.get(0)?, parts.get(1)?);
    let code: Option<String> = parts.get(2)?;
    let more: Object<'js> = parts.get(3)?;
    // OpenSSL's errors have their code as a plain property, behind the others; Node's own are of a class that has it.
    let own = code.as_deref().is_some_and(|code| !code.starts_with("ERR_OSSL_"));
    let error = throw::new(ctx, &class, if own { code.as_deref().unwrap_or_default() } else { "" }, &message)?;
    for pair in more.props::<String, Value<'js>>() {
        let (name, value) = pair?;
        error.set(name, value)?;
    }
    if let Some(code) = code.filter(|_| !own) {
        error.set("code", code)?;
    }
    Ok(throw::value(ctx, error.into_value()))
}

fn sized(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    count(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn count(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn write(out: &mut Vec<u8>, value: &Value<'_>, depth: u32) -> Result<()> {
    if let Some(truth) = value.as_bool() {
        out.push(2 + u8::from(truth));
    } else if let Some(number) = value.as_number() {
        out.push(4);
        out.extend_from_slice(&number.to_le_bytes());
    } else if value.is_string() {
        sized(out, 5, js_string::to_utf8(value)?.as_bytes());
    } else if let Some(bytes) = Bytes::of(value) {
        sized(out, 6, bytes.as_slice());
    } else if value.is_null() {
        out.push(1);
    } else if let Some(object) = value.as_object().filter(|_| depth < DEPTH) {
        if let Some(key) = object.as_class::<KeyObject>() {
            let key = key.borrow();
            out.extend_from_slice(&[10, key.kind]);
            count(out, key.bytes.len());
            out.extend_from_slice(&key.bytes);
        } else if let Some(state) = object.as_class::<State>() {
            let state = state.borrow();
            out.extend_from_slice(&[11, state.class]);
            count(out, state.bytes.len());
            out.extend_from_slice(&state.bytes);
        } else if let Some(list) = value.as_array() {
            out.push(8);
            count(out, list.len());
            for item in list.iter::<Value<'_>>() {
                write(out, &item?, depth + 1)?;
            }
        } else {
            let pairs = object.props::<String, Value<'_>>().collect::<Result<Vec<_>>>()?;
            out.push(9);
            count(out, pairs.len());
            for (name, value) in pairs {
                count(out, name.len());
                out.extend_from_slice(name.as_bytes());
                write(out, &value, depth + 1)?;
            }
        }
    } else {
        out.push(0);
    }
    Ok(())
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(length).ok_or(rquickjs::Error::Unknown)?;
    *bytes = tail;
    Ok(head)
}

fn length(bytes: &mut &[u8]) -> Result<usize> {
    let number = take(bytes, 4)?.try_into().map_err(|_| rquickjs::Error::Unknown)?;
    Ok(u32::from_le_bytes(number) as usize)
}

fn run<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8]> {
    let length = length(bytes)?;
    take(bytes, length)
}

fn byte(bytes: &mut &[u8]) -> Result<u8> {
    take(bytes, 1)?.first().copied().ok_or(rquickjs::Error::Unknown)
}

fn number(bytes: &mut &[u8]) -> Result<f64> {
    Ok(f64::from_le_bytes(take(bytes, 8)?.try_into().map_err(|_| rquickjs::Error::Unknown)?))
}

fn read<'js>(ctx: &Ctx<'js>, rest: &mut &[u8]) -> Result<Value<'js>> {
    Ok(match byte(rest)? {
        1 => Value::new_null(ctx.clone()),
        tag @ (2 | 3) => Value::new_bool(ctx.clone(), tag == 3),
        4 => Value::new_number(ctx.clone(), number(rest)?),
        5 => js_string::from_utf8(ctx, run(rest)?)?,
        6 => bytes::buffer(ctx, run(rest)?.to_vec())?,
        7 => bytes::array_buffer(ctx, run(rest)?.to_vec())?,
        8 => {
            let list = rquickjs::Array::new(ctx.clone())?;
            for at in 0..length(rest)? {
                list.set(at, read(ctx, rest)?)?;
            }
            list.into_value()
        }
        tag @ (9 | 13) => {
            let object = Object::new(ctx.clone())?;
            if tag == 13 {
                object.set_prototype(None)?;
            }
            for _ in 0..length(rest)? {
                let name = String::from_utf8_lossy(run(rest)?).into_owned();
                object.set(name, read(ctx, rest)?)?;
            }
            object.into_value()
        }
        10 => {
            let kind = byte(rest)?;
            Class::instance(ctx.clone(), KeyObject { kind, bytes: run(rest)?.to_vec() })?.into_value()
        }
        11 => {
            let class = byte(rest)?;
            Class::instance(ctx.clone(), State { class, bytes: run(rest)?.to_vec() })?.into_value()
        }
        12 => {
            let date: rquickjs::function::Constructor<'js> = ctx.globals().get("Date")?;
            date.construct((number(rest)?,))?
        }
        _ => Value::new_undefined(ctx.clone()),
    })
}
