//! `internalBinding('blob')`: immutable bytes in parts, sliced without copies. A part may be a file, read when the blob is.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use porthole_abi::{Errno, Syscalls, flags};
use rquickjs::function::This;
use rquickjs::{Array, Class, Ctx, Function, Object, Result, Value};

use super::buffer::{Bytes, bytes, define, js_string, throw};
use super::class::plain_class;
use crate::Env;
use crate::handles::uv;

/// A part of a blob: a range of bytes that other blobs may share.
#[derive(Clone)]
struct Part {
    source: Source,
    range: Range<u64>,
}

#[derive(Clone)]
enum Source {
    Memory(Rc<[u8]>),
    File(Rc<FileSource>),
}

/// A file as it was when the blob was made. A file that is another by then cannot be read.
struct FileSource {
    path: Vec<u8>,
    size: u64,
    mtime: i64,
}

/// Bytes of a file that one pull brings.
const PIECE: u64 = 1 << 18;

/// The handle of one blob.
pub struct Blob {
    parts: Vec<Part>,
}

/// Reads a blob part by part.
struct Reader {
    parts: VecDeque<Part>,
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
            parts.push(Part { range: 0..data.len() as u64, source: Source::Memory(data) });
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
    // The blob and its length.
    define(ctx, &binding, "createBlobFromFilePath", |ctx: Ctx<'js>, path: Value<'js>| -> Result<Array<'js>> {
        let path = match Bytes::of(&path) {
            Some(bytes) => bytes.as_slice().to_vec(),
            None => js_string::to_utf8(&path)?.into_bytes(),
        };
        let Ok(found) = Env::of(&ctx)?.stat(&path, 0) else {
            return Err(throw::type_error(&ctx, "ERR_INVALID_ARG_VALUE", "Unable to open file as blob"));
        };
        let size = found.stat.size;
        let source = Source::File(Rc::new(FileSource { path, size, mtime: found.stat.mtime }));
        let both = Array::new(ctx.clone())?;
        both.set(0, Class::instance(ctx, Blob { parts: vec![Part { source, range: 0..size }] })?)?;
        both.set(1, size as f64)?;
        Ok(both)
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
    fn slice(&self, start: u64, end: u64) -> Self {
        let mut parts = Vec::new();
        let mut offset = 0;
        for part in &self.parts {
            let len = part.range.end - part.range.start;
            let from = start.clamp(offset, offset + len) - offset;
            let to = end.clamp(offset, offset + len) - offset;
            if from < to {
                parts.push(Part { source: part.source.clone(), range: part.range.start + from..part.range.start + to });
            }
            offset += len;
        }
        Self { parts }
    }
}

impl Part {
    /// As much as one pull brings, and what is left of the part.
    fn take(self, env: &Env) -> std::result::Result<(Vec<u8>, Option<Part>), Errno> {
        let Range { start, end } = self.range;
        match &self.source {
            Source::Memory(data) => Ok((data.get(start as usize..end as usize).unwrap_or_default().to_vec(), None)),
            Source::File(file) => {
                let piece = file.read(env, start, (end - start).min(PIECE))?;
                let next = start + piece.len() as u64;
                let rest = (next < end && !piece.is_empty()).then_some(Part { source: self.source, range: next..end });
                Ok((piece, rest))
            }
        }
    }
}

impl FileSource {
    /// # Errors
    /// Those of the calls; `ESTALE`: the file has changed.
    fn read(&self, env: &Env, at: u64, len: u64) -> std::result::Result<Vec<u8>, Errno> {
        let fd = env.open(&self.path, flags::O_RDONLY, 0)?.fd;
        let read = || {
            let now = env.fstat(fd)?.stat;
            if (now.size, now.mtime) != (self.size, self.mtime) {
                return Err(Errno::ESTALE);
            }
            env.pread(fd, len as u32, at as i64).map(|reply| reply.data)
        };
        let data = read();
        let _ = env.close(fd);
        data
    }
}

plain_class!(Blob, "Blob", |ctx, prototype| {
    define(ctx, &prototype, "getReader", |ctx: Ctx<'js>, this: This<Class<'js, Blob>>| {
        Class::instance(ctx, Reader { parts: this.0.borrow().parts.clone().into() })
    })?;
    define(ctx, &prototype, "slice", |ctx: Ctx<'js>, this: This<Class<'js, Blob>>, start: f64, end: f64| {
        Class::instance(ctx, this.0.borrow().slice(start as u64, end as u64))
    })?;
});

plain_class!(Reader, "BlobReader", |ctx, prototype| {
    // Calls back with 1 and bytes, with 0 at the end, below zero where a file cannot be read.
    define(ctx, &prototype, "pull", |ctx: Ctx<'js>, this: This<Class<'js, Reader>>, callback: Function<'js>| {
        let part = this.0.borrow_mut().parts.pop_front();
        let Some(part) = part else { return callback.call::<_, ()>((0,)) };
        match part.take(&*Env::of(&ctx)?) {
            Ok((bytes, rest)) => {
                if let Some(rest) = rest {
                    this.0.borrow_mut().parts.push_front(rest);
                }
                callback.call::<_, ()>((1, bytes::array_buffer(&ctx, bytes)?))
            }
            Err(errno) => callback.call::<_, ()>((uv(errno),)),
        }
    })?;
});
