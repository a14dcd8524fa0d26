//! HPACK (RFC 7541) for `lib/http2_session.js`: header lists as bytes, and back.

mod huffman;
mod table;

use rquickjs::function::This;
use rquickjs::{Array, Class, Ctx, Object, Result, Value};

use super::buffer::{Bytes, bytes, define, js_string};
use super::class::plain_class;
use table::Field;

const SENSITIVE: u8 = 1;

struct Encoder(table::Encoder);
struct Decoder(table::Decoder);

plain_class!(
    Encoder,
    "Encoder",
    |ctx: Ctx<'js>, limit: usize| Class::instance(ctx, Encoder(table::Encoder::new(limit))),
    |ctx, prototype| {
        // `list` is as the library builds it, its characters bytes: see `fields`.
        define(ctx, &prototype, "encode", |ctx: Ctx<'js>, this: This<Class<'js, Encoder>>, list: Value<'js>| {
            let text = latin1(&list)?;
            let mut out = Vec::with_capacity(text.len());
            this.0.borrow_mut().0.encode(&fields(&text), &mut out);
            bytes::uint8_array(&ctx, out)
        })?;
        define(ctx, &prototype, "setMax", |this: This<Class<'js, Encoder>>, max: usize| this.0.borrow_mut().0.set_max(max))?;
        define(ctx, &prototype, "tableSize", |this: This<Class<'js, Encoder>>| this.0.borrow().0.table_size())?;
    }
);

plain_class!(
    Decoder,
    "Decoder",
    |ctx: Ctx<'js>| Class::instance(ctx, Decoder(table::Decoder::default())),
    |ctx, prototype| {
        // Name, value and whether it is sensitive, one after the other; undefined where the block cannot be read.
        define(ctx, &prototype, "decode", |ctx: Ctx<'js>, this: This<Class<'js, Decoder>>, block: Value<'js>| {
            let block = Bytes::require(&block)?;
            let mut fields = Vec::new();
            if this.0.borrow_mut().0.decode(block.as_slice(), |field| fields.push(field)).is_err() {
                return Ok::<_, rquickjs::Error>(Value::new_undefined(ctx));
            }
            let list = Array::new(ctx.clone())?;
            for (at, field) in fields.into_iter().enumerate() {
                list.set(at * 3, js_string::from_latin1(&ctx, &field.name)?)?;
                list.set(at * 3 + 1, js_string::from_latin1(&ctx, &field.value)?)?;
                list.set(at * 3 + 2, field.sensitive)?;
            }
            Ok(list.into_value())
        })?;
        define(ctx, &prototype, "setAllowed", |this: This<Class<'js, Decoder>>, size: usize| {
            this.0.borrow_mut().0.set_allowed(size);
        })?;
        define(ctx, &prototype, "tableSize", |this: This<Class<'js, Decoder>>| this.0.borrow().0.table_size())?;
    }
);

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    binding.set("Encoder", Class::<Encoder>::create_constructor(ctx)?)?;
    binding.set("Decoder", Class::<Decoder>::create_constructor(ctx)?)?;
    Ok(binding)
}

/// A string's characters as bytes; what is beyond becomes its lowest byte, as in Node.
fn latin1(text: &Value<'_>) -> Result<Vec<u8>> {
    js_string::with_utf16(text, |units| units.iter().map(|unit| *unit as u8).collect())
}

/// Fields, each `name NUL value NUL flags`: one byte of flags, and no end.
fn fields(mut text: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    while let Some((name, value, flags, rest)) = field(text) {
        fields.push(Field { name: name.to_vec(), value: value.to_vec(), sensitive: flags & SENSITIVE != 0 });
        text = rest;
    }
    fields
}

fn field(text: &[u8]) -> Option<(&[u8], &[u8], u8, &[u8])> {
    let (name, rest) = text.split_at_checked(text.iter().position(|&byte| byte == 0)?)?;
    let rest = rest.get(1..)?;
    let (value, rest) = rest.split_at_checked(rest.iter().position(|&byte| byte == 0)?)?;
    let (&flags, rest) = rest.get(1..)?.split_first()?;
    Some((name, value, flags, rest))
}
