//! The arguments of an operation.

use rquickjs::{Coerced, Ctx, Exception, Object, Result, Value};

use crate::Env;
use crate::bindings::buffer::{Bytes, Encoding, js_string, throw};

pub struct Args<'a, 'js> {
    pub ctx: &'a Ctx<'js>,
    pub env: &'a Env,
    pub values: &'a [Value<'js>],
    /// Nobody else can run until the operation is done: it may wait for descriptors itself.
    pub synchronous: bool,
}

impl<'js> Args<'_, 'js> {
    pub fn get(&self, at: usize) -> Option<&Value<'js>> {
        self.values.get(at).filter(|value| !value.is_undefined())
    }

    /// A path: a string as UTF-8, or the bytes of a buffer.
    ///
    /// # Errors
    /// Throws `TypeError` for anything else.
    pub fn path(&self, at: usize) -> Result<Vec<u8>> {
        let Some(value) = self.get(at) else { return Err(self.wrong(at, "a path")) };
        if value.is_string() {
            return Ok(js_string::to_utf8(value)?.into_bytes());
        }
        match Bytes::of(value) {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(self.wrong(at, "a path")),
        }
    }

    /// A whole number, from a number or a bigint; nothing for `null` and `undefined`.
    pub fn integer(&self, at: usize) -> Result<Option<i64>> {
        let Some(value) = self.get(at) else { return Ok(None) };
        if let Some(number) = value.as_number() {
            return Ok(Some(number as i64));
        }
        if let Some(big) = value.as_big_int() {
            return Ok(Some(big.clone().to_i64()?));
        }
        if value.is_null() { Ok(None) } else { Err(self.wrong(at, "a number")) }
    }

    pub fn number(&self, at: usize) -> Result<f64> {
        self.get(at).and_then(Value::as_number).ok_or_else(|| self.wrong(at, "a number"))
    }

    /// A descriptor.
    ///
    /// # Errors
    /// Throws what Node throws of a wrong type or a number that cannot be one.
    pub fn fd(&self, at: usize) -> Result<i32> {
        let undefined = Value::new_undefined(self.ctx.clone());
        let value = self.values.get(at).unwrap_or(&undefined);
        let Some(number) = value.as_number() else {
            let text = format!("The \"fd\" argument must be of type number. Received {}", received(value));
            return Err(throw::type_error(self.ctx, "ERR_INVALID_ARG_TYPE", &text));
        };
        let allowed = match number {
            _ if number.fract() != 0.0 || !number.is_finite() => "an integer",
            _ if (0.0..=f64::from(i32::MAX)).contains(&number) => return Ok(number as i32),
            _ => ">= 0 && <= 2147483647",
        };
        let text = format!("The value of \"fd\" is out of range. It must be {allowed}. Received {}", spelled(value));
        Err(throw::range_error(self.ctx, "ERR_OUT_OF_RANGE", &text))
    }

    /// A small set of bits, as `access` and `copyFile` take it: 0 to 7, nothing is `default`.
    ///
    /// # Errors
    /// Throws what Node throws of anything else.
    pub fn mode(&self, at: usize, default: u32) -> Result<u32> {
        let Some(value) = self.get(at).filter(|value| !value.is_null()) else { return Ok(default) };
        let Some(number) = value.as_number() else {
            return Err(throw::type_error(self.ctx, "ERR_INVALID_ARG_TYPE", "mode must be int32 or null/undefined"));
        };
        let text = match number.trunc() {
            _ if !number.is_finite() => "mode is out of range",
            whole if (0.0..=7.0).contains(&whole) => return Ok(whole as u32),
            _ => "mode is out of range: >= 0 && <= 7",
        };
        Err(throw::range_error(self.ctx, "ERR_OUT_OF_RANGE", text))
    }

    pub fn u32(&self, at: usize, default: u32) -> Result<u32> {
        Ok(self.integer(at)?.map_or(default, |number| number as u32))
    }

    /// As JavaScript's `Boolean(value)` has it for the values that Node's library passes.
    pub fn flag(&self, at: usize) -> bool {
        self.get(at).is_some_and(|value| value.as_bool().unwrap_or_else(|| value.as_number().is_none_or(|number| number != 0.0) && !value.is_null()))
    }

    pub fn is_false(&self, at: usize) -> bool {
        self.get(at).and_then(Value::as_bool) == Some(false)
    }

    pub fn encoding(&self, at: usize) -> Encoding {
        Encoding::parse(self.get(at).filter(|value| !value.is_null()), Encoding::Utf8)
    }

    /// The bytes of a view, without a copy: no script may run while they are used.
    pub fn bytes(&self, at: usize) -> Result<Bytes<'js>> {
        self.get(at).and_then(Bytes::of).ok_or_else(|| self.wrong(at, "a buffer"))
    }

    /// A list of views.
    pub fn views(&self, at: usize) -> Result<Vec<Bytes<'js>>> {
        let list = self.get(at).and_then(Value::as_array).ok_or_else(|| self.wrong(at, "a list of buffers"))?;
        list.iter::<Value>().map(|item| Bytes::of(&item?).ok_or_else(|| self.wrong(at, "a list of buffers"))).collect()
    }

    fn wrong(&self, at: usize, what: &str) -> rquickjs::Error {
        Exception::throw_type(self.ctx, &format!("argument {} must be {what}", at + 1))
    }
}

/// As JavaScript's `String(value)`.
fn spelled(value: &Value<'_>) -> String {
    value.get::<Coerced<String>>().map(|text| text.0).unwrap_or_default()
}

/// A value in the words of Node's messages about wrong types.
fn received(value: &Value<'_>) -> String {
    const SHOWN: usize = 25;
    match value {
        _ if value.is_undefined() => "undefined".to_owned(),
        _ if value.is_null() => "null".to_owned(),
        _ if value.is_function() => "function".to_owned(),
        _ if value.is_symbol() => {
            let name: Option<String> = value.as_symbol().and_then(|symbol| symbol.description().ok()).and_then(|name| name.get().ok());
            format!("Symbol({})", name.unwrap_or_default())
        }
        _ if value.is_bool() => format!("type boolean ({})", spelled(value)),
        _ if value.is_big_int() => format!("type bigint ({})", spelled(value)),
        _ if value.is_string() => {
            let text = spelled(value);
            let shown: String = text.chars().take(SHOWN).collect();
            if shown.len() < text.len() { format!("type string ('{shown}...')") } else { format!("type string ('{text}')") }
        }
        _ => {
            let class = value.as_object().and_then(|object| object.get::<_, Object>("constructor").ok()).and_then(|class| class.get::<_, String>("name").ok());
            format!("an instance of {}", class.unwrap_or_else(|| "Object".to_owned()))
        }
    }
}
