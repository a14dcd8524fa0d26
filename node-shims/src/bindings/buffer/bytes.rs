//! Views over the bytes of an `ArrayBuffer`, a typed array or a `DataView`, without a copy.

use std::ptr::null_mut;

use rquickjs::{Ctx, Object, Result, Value, qjs};

/// Bytes that belong to JavaScript. The owner is kept alive, so the memory cannot be collected; but a script can detach or
/// resize the buffer, so no script may run between taking a view and its last use.
pub struct Bytes<'js> {
    _owner: Value<'js>,
    ptr: *mut u8,
    len: usize,
}

impl<'js> Bytes<'js> {
    /// The bytes of `value`, or `None` when it is neither a view nor a buffer. A detached buffer has no bytes.
    pub fn of(value: &Value<'js>) -> Option<Self> {
        if !value.is_object() {
            return None;
        }
        let ctx = value.ctx();
        let raw = value.as_raw();
        // SAFETY: `raw` is a live value of this context; each call below checks the class of the object itself.
        unsafe {
            let kind = qjs::JS_GetTypedArrayType(raw);
            if kind >= 0 {
                if kind == qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_UINT8 as i32 {
                    let mut len: qjs::size_t = 0;
                    let ptr = qjs::JS_GetUint8Array(ctx.as_raw().as_ptr(), &mut len, raw);
                    if ptr.is_null() {
                        drop(ctx.catch());
                        return Some(Self { _owner: value.clone(), ptr: null_mut(), len: 0 });
                    }
                    return Some(Self { _owner: value.clone(), ptr, len: len as usize });
                }
                let (mut offset, mut len): (qjs::size_t, qjs::size_t) = (0, 0);
                // The engine keeps both in bytes.
                let buffer = qjs::JS_GetTypedArrayBuffer(ctx.as_raw().as_ptr(), raw, &mut offset, &mut len, null_mut());
                if qjs::JS_IsException(buffer) {
                    drop(ctx.catch());
                    return Some(Self { _owner: value.clone(), ptr: null_mut(), len: 0 });
                }
                let buffer = Value::from_raw(ctx.clone(), buffer);
                return Some(Self::inside(&buffer, offset as usize, len as usize));
            }
            if qjs::JS_IsArrayBuffer(raw) {
                let mut len: qjs::size_t = 0;
                let ptr = qjs::JS_GetArrayBuffer(ctx.as_raw().as_ptr(), &mut len, raw);
                if ptr.is_null() {
                    drop(ctx.catch());
                    len = 0;
                }
                return Some(Self { _owner: value.clone(), ptr, len: len as usize });
            }
        }
        Self::of_data_view(value)
    }

    /// As [`Bytes::of`], but throws `ERR_INVALID_ARG_TYPE` with Node's own text.
    pub fn require(value: &Value<'js>) -> Result<Self> {
        match Self::of(value) {
            Some(bytes) => Ok(bytes),
            None => Err(super::throw::type_error(value.ctx(), "ERR_INVALID_ARG_TYPE", "argument must be a buffer")),
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 || self.ptr.is_null() {
            return &[];
        }
        // SAFETY: the owner keeps the memory alive and no script runs while the slice is borrowed.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        if self.len == 0 || self.ptr.is_null() {
            return &mut [];
        }
        // SAFETY: as above. Two views of one buffer must not both be borrowed mutably: `overlapping` code uses `as_ptr`.
        unsafe { std::slice::from_raw_parts_mut(self.ptr, self.len) }
    }

    /// The address of the first byte, for moves between views that may overlap.
    pub fn as_ptr(&self) -> *mut u8 {
        self.ptr
    }

    fn inside(buffer: &Value<'js>, offset: usize, len: usize) -> Self {
        let mut size: qjs::size_t = 0;
        // SAFETY: a class check is made by the engine.
        let base = unsafe { qjs::JS_GetArrayBuffer(buffer.ctx().as_raw().as_ptr(), &mut size, buffer.as_raw()) };
        if base.is_null() {
            drop(buffer.ctx().catch());
            return Self { _owner: buffer.clone(), ptr: null_mut(), len: 0 };
        }
        let size = size as usize;
        let offset = offset.min(size);
        let len = len.min(size - offset);
        // SAFETY: `offset` lies within the buffer.
        Self { _owner: buffer.clone(), ptr: unsafe { base.add(offset) }, len }
    }

    fn of_data_view(value: &Value<'js>) -> Option<Self> {
        let object = value.as_object()?;
        let is = |class: &str| value.ctx().globals().get::<_, Object>(class).is_ok_and(|class| object.is_instance_of(&class));
        if is("SharedArrayBuffer") {
            return Some(Self::inside(value, 0, usize::MAX));
        }
        if !is("DataView") {
            return None;
        }
        let buffer: Value = object.get("buffer").ok()?;
        let offset: usize = object.get("byteOffset").ok()?;
        let len: usize = object.get("byteLength").ok()?;
        Some(Self::inside(&buffer, offset, len))
    }
}

/// A fresh `ArrayBuffer` that takes over `data`.
pub fn array_buffer<'js>(ctx: &Ctx<'js>, data: Vec<u8>) -> Result<Value<'js>> {
    Ok(rquickjs::ArrayBuffer::new(ctx.clone(), data)?.into_value())
}

/// A fresh `Uint8Array` that takes over `data`.
pub fn uint8_array<'js>(ctx: &Ctx<'js>, data: Vec<u8>) -> Result<Value<'js>> {
    Ok(rquickjs::TypedArray::<u8>::new(ctx.clone(), data)?.into_value())
}

/// A `Buffer` that takes over `data`; a plain `Uint8Array` as long as the library has not made `Buffer` yet.
pub fn buffer<'js>(ctx: &Ctx<'js>, data: Vec<u8>) -> Result<Value<'js>> {
    let array = uint8_array(ctx, data)?;
    if let Some(prototype) = super::buffer_prototype(ctx)
        && let Some(object) = array.as_object()
    {
        object.set_prototype(Some(&prototype))?;
    }
    Ok(array)
}
