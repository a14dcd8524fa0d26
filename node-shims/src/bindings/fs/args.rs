//! The arguments of an operation.

use rquickjs::{Ctx, Exception, Result, Value};

use crate::Env;
use crate::bindings::buffer::{Bytes, Encoding, js_string};

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
    pub fn fd(&self, at: usize) -> Result<i32> {
        self.get(at).and_then(Value::as_int).ok_or_else(|| self.wrong(at, "a file descriptor"))
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
