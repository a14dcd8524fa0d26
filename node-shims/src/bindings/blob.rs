//! `internalBinding('blob')`: immutable bytes in parts, sliced without copies.

use std::ops::Range;
use std::rc::Rc;

use rquickjs::class::{JsClass, Readable, Trace, Tracer, Writable};
use rquickjs::function::{Constructor, This};
use rquickjs::{Class, Ctx, Function, JsLifetime, Object, Result, Value};

use super::buffer::{Bytes, bytes, define, js_string, throw};

/// A part of a blob: a range of bytes that other blobs may share.
#[derive(Clone)]
struct Part {
    data: Rc<[u8]>,
    range: Range<usize>,
}

/// The handle of one blob.
pub struct Blob {
    parts: Vec<Part>,
}

/// Reads a blob part by part.
struct Reader {
    parts: std::vec::IntoIter<Part>,
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    define(ctx, &binding, "createBlob", |ctx: Ctx<'js>, sources: Vec<Value<'js>>, _length: Value<'js>| {
        let mut parts = Vec::new();
        for source in sources {
            if let Some(blob) = source.as_object().and_then(|o| o.as_class::<Blob>()) {
                parts.extend(blob.borrow().parts.iter().cloned());
                continue;
            }
            let data: Rc<[u8]> = Bytes::require(&source)?.as_slice().into();
            parts.push(Part { range: 0..data.len(), data });
        }
        Class::instance(ctx, Blob { parts })
    })?;
    define(ctx, &binding, "concat", |ctx: Ctx<'js>, pieces: Vec<Value<'js>>| {
        let mut whole = Vec::new();
        for piece in pieces {
            whole.extend_from_slice(Bytes::require(&piece)?.as_slice());
        }
        bytes::array_buffer(&ctx, whole)
    })?;
    define(ctx, &binding, "createBlobFromFilePath", |ctx: Ctx<'js>, _path: Value<'js>| -> Result<()> {
        let message = "A Blob over a file (fs.openAsBlob) is not supported yet: read the file and make a Blob of its bytes";
        Err(throw::error(&ctx, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", message))
    })?;
    object_urls(ctx, &binding)?;
    Ok(binding)
}

fn object_urls<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    // The values live in an object of the engine, so that its collector sees them.
    let store = Object::new(ctx.clone())?;
    store.set_prototype(None)?;
    let kept = store.clone();
    define(
        ctx,
        binding,
        "storeDataObject",
        move |id: String, handle: Value<'js>, size: Value<'js>, kind: Value<'js>| kept.set(id, vec![handle, size, kind]),
    )?;
    let kept = store.clone();
    define(ctx, binding, "getDataObject", move |id: String| kept.get::<_, Value>(id))?;
    define(ctx, binding, "revokeObjectURL", move |href: Value<'js>| {
        let href = js_string::to_utf8(&href)?;
        if let Some(id) = href.strip_prefix("blob:nodedata:") {
            let id = id.split(['?', '#']).next().unwrap_or(id);
            store.remove(id)?;
        }
        Ok::<_, rquickjs::Error>(())
    })
}

impl Blob {
    fn slice(&self, start: usize, end: usize) -> Self {
        let mut parts = Vec::new();
        let mut offset = 0;
        for part in &self.parts {
            let len = part.range.len();
            let from = start.clamp(offset, offset + len) - offset;
            let to = end.clamp(offset, offset + len) - offset;
            if from < to {
                parts.push(Part { data: part.data.clone(), range: part.range.start + from..part.range.start + to });
            }
            offset += len;
        }
        Self { parts }
    }
}

impl<'js> Trace<'js> for Blob {
    fn trace<'a>(&self, _tracer: Tracer<'a, 'js>) {}
}

// SAFETY: the type holds nothing of the engine.
unsafe impl<'js> JsLifetime<'js> for Blob {
    type Changed<'to> = Blob;
}

impl<'js> JsClass<'js> for Blob {
    const NAME: &'static str = "Blob";
    type Mutable = Readable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        let prototype = Object::new(ctx.clone())?;
        define(ctx, &prototype, "getReader", |ctx: Ctx<'js>, this: This<Class<'js, Blob>>| {
            Class::instance(ctx, Reader { parts: this.0.borrow().parts.clone().into_iter() })
        })?;
        define(ctx, &prototype, "slice", |ctx: Ctx<'js>, this: This<Class<'js, Blob>>, start: f64, end: f64| {
            Class::instance(ctx, this.0.borrow().slice(start as usize, end as usize))
        })?;
        Ok(Some(prototype))
    }

    fn constructor(_ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

impl<'js> Trace<'js> for Reader {
    fn trace<'a>(&self, _tracer: Tracer<'a, 'js>) {}
}

// SAFETY: as above.
unsafe impl<'js> JsLifetime<'js> for Reader {
    type Changed<'to> = Reader;
}

impl<'js> JsClass<'js> for Reader {
    const NAME: &'static str = "BlobReader";
    type Mutable = Writable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        let prototype = Object::new(ctx.clone())?;
        // Calls back with 1 and a part, or with 0 at the end.
        define(ctx, &prototype, "pull", |ctx: Ctx<'js>, this: This<Class<'js, Reader>>, callback: Function<'js>| {
            let part = this.0.borrow_mut().parts.next();
            match part {
                Some(part) => {
                    let data = bytes::array_buffer(&ctx, part.data[part.range].to_vec())?;
                    callback.call::<_, ()>((1, data))
                }
                None => callback.call::<_, ()>((0,)),
            }
        })?;
        Ok(Some(prototype))
    }

    fn constructor(_ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}
