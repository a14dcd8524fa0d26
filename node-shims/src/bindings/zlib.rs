//! `internalBinding('zlib')`: compression streams and CRC-32.

mod brotli;
mod codec;
mod deflate;
mod zstd;

use std::cell::{Cell, RefCell};

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::{Constructor, Opt, Rest, This};
use rquickjs::{Class, Ctx, Function, JsLifetime, Object, Persistent, Result, Value};
use zlib_rs::crc32::crc32;

use super::buffer::{Bytes, define, js_string, throw};
use crate::Env;
use codec::{Codec, Failure};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    for kind in [Kind::Zlib, Kind::BrotliEncoder, Kind::BrotliDecoder, Kind::ZstdCompress, Kind::ZstdDecompress] {
        binding.set(kind.name(), class(ctx, kind)?)?;
    }
    define(ctx, &binding, "crc32", |data: Value<'js>, start: f64| {
        let sum = if data.is_string() {
            crc32(start as u32, js_string::to_utf8(&data)?.as_bytes())
        } else {
            crc32(start as u32, Bytes::require(&data)?.as_slice())
        };
        Ok::<_, rquickjs::Error>(f64::from(sum))
    })?;
    binding.set("ZLIB_VERSION", "1.3.1")?;
    Ok(binding)
}

#[derive(Clone, Copy)]
enum Kind {
    Zlib,
    BrotliEncoder,
    BrotliDecoder,
    ZstdCompress,
    ZstdDecompress,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Zlib => "Zlib",
            Self::BrotliEncoder => "BrotliEncoder",
            Self::BrotliDecoder => "BrotliDecoder",
            Self::ZstdCompress => "ZstdCompress",
            Self::ZstdDecompress => "ZstdDecompress",
        }
    }
}

/// One stream. What the library wants told (`[avail_out, avail_in]`) goes into its own array.
struct Handle<'js> {
    mode: u32,
    codec: RefCell<Option<Box<dyn Codec>>>,
    result: RefCell<Option<Value<'js>>>,
    callback: RefCell<Option<Function<'js>>>,
    writing: Cell<bool>,
    close_later: Cell<bool>,
}

impl<'js> Trace<'js> for Handle<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        if let Ok(result) = self.result.try_borrow() {
            result.trace(tracer);
        }
        if let Ok(callback) = self.callback.try_borrow() {
            callback.trace(tracer);
        }
    }
}

// SAFETY: the lifetime is that of the engine's values inside.
unsafe impl<'js> JsLifetime<'js> for Handle<'js> {
    type Changed<'to> = Handle<'to>;
}

impl<'js> JsClass<'js> for Handle<'js> {
    const NAME: &'static str = "ZlibHandle";
    type Mutable = Readable;

    fn constructor(_ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

type ThisHandle<'js> = This<Class<'js, Handle<'js>>>;

fn class<'js>(ctx: &Ctx<'js>, kind: Kind) -> Result<Function<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define(ctx, &prototype, "init", move |ctx: Ctx<'js>, this: ThisHandle<'js>, args: Rest<Value<'js>>| {
        init(&ctx, kind, &this.0, &args.0)
    })?;
    define(ctx, &prototype, "write", |ctx: Ctx<'js>, this: ThisHandle<'js>, args: Rest<Value<'js>>| {
        write(&ctx, &this.0, &args.0)
    })?;
    define(ctx, &prototype, "writeSync", |ctx: Ctx<'js>, this: ThisHandle<'js>, args: Rest<Value<'js>>| {
        if let Some(failure) = work(&ctx, &this.0, &args.0)? {
            report(&this.0, failure)?;
        }
        Ok::<_, rquickjs::Error>(())
    })?;
    define(ctx, &prototype, "params", |this: ThisHandle<'js>, level: i32, strategy: i32| {
        let changed = this.0.borrow().codec.borrow_mut().as_mut().map_or(Ok(()), |c| c.set_params(level, strategy));
        changed.or_else(|failure| report(&this.0, failure))
    })?;
    define(ctx, &prototype, "reset", |this: ThisHandle<'js>| {
        let reset = this.0.borrow().codec.borrow_mut().as_mut().map_or(Ok(()), |c| c.reset());
        reset.or_else(|failure| report(&this.0, failure))
    })?;
    define(ctx, &prototype, "close", |this: ThisHandle<'js>| {
        let handle = this.0.borrow();
        if handle.writing.get() {
            handle.close_later.set(true);
        } else {
            *handle.codec.borrow_mut() = None;
        }
    })?;
    define(ctx, &prototype, "getAsyncId", |_this: ThisHandle<'js>| 0)?;
    let make = move |ctx: Ctx<'js>, mode: Opt<u32>| {
        let handle = Handle {
            mode: mode.0.unwrap_or(0),
            codec: RefCell::new(None),
            result: RefCell::new(None),
            callback: RefCell::new(None),
            writing: Cell::new(false),
            close_later: Cell::new(false),
        };
        Class::instance(ctx, handle)
    };
    Constructor::new_prototype(ctx, prototype, make)?.into_inner().with_name(kind.name())
}

/// Zlib: window bits, level, memory level, strategy, result, callback, dictionary. Brotli: parameters, result, callback.
/// Zstd: parameters, size of the source, result, callback, dictionary.
fn init<'js>(ctx: &Ctx<'js>, kind: Kind, this: &Class<'js, Handle<'js>>, args: &[Value<'js>]) -> Result<()> {
    let undefined = Value::new_undefined(ctx.clone());
    let arg = |index: usize| args.get(index).unwrap_or(&undefined);
    let int = |index: usize| arg(index).as_number().map_or(0, |n| n as i32);
    let bytes = |index: usize| Bytes::of(arg(index)).map(|b| b.as_slice().to_vec()).unwrap_or_default();
    let refuse = |what: &str| throw::error(ctx, "ERR_ZLIB_INITIALIZATION_FAILED", what);
    let handle = this.borrow();
    let (codec, result): (Box<dyn Codec>, usize) = match kind {
        Kind::Zlib => {
            let Some(mode) = deflate::Mode::from_number(handle.mode) else { return Err(refuse("Bad argument")) };
            (Box::new(deflate::Zlib::new(mode, int(0), int(1), int(2), int(3), bytes(6))), 4)
        }
        Kind::BrotliEncoder => {
            let params = bytes(0).chunks_exact(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect();
            match brotli::Encoder::new(params) {
                Some(encoder) => (Box::new(encoder), 1),
                None => return Err(refuse("Initialization failed")),
            }
        }
        Kind::BrotliDecoder => (Box::new(brotli::Decoder::new()), 1),
        Kind::ZstdCompress | Kind::ZstdDecompress if arg(4).is_object() => {
            return Err(refuse("Dictionaries for Zstandard are not supported"));
        }
        Kind::ZstdCompress => (Box::new(zstd::Encoder::default()), 2),
        Kind::ZstdDecompress => (Box::new(zstd::Decoder::new()), 2),
    };
    *handle.codec.borrow_mut() = Some(codec);
    *handle.result.borrow_mut() = Some(arg(result).clone());
    *handle.callback.borrow_mut() = arg(result + 1).clone().into_function();
    Ok(())
}

/// Flush, input or null, its offset and length, output, its offset and length. Tells the library what is left of both.
fn work<'js>(ctx: &Ctx<'js>, this: &Class<'js, Handle<'js>>, args: &[Value<'js>]) -> Result<Option<Failure>> {
    let number = |index: usize| args.get(index).and_then(Value::as_number).map_or(0, |n| n as usize);
    let handle = this.borrow();
    let mut codec = handle.codec.borrow_mut();
    let Some(codec) = codec.as_mut() else {
        return Err(throw::error(ctx, "ERR_INTERNAL_ASSERTION", "write after close"));
    };
    let out_of_bounds = || throw::range_error(ctx, "ERR_OUT_OF_RANGE", "Index out of range");
    let input = args.get(1).and_then(Bytes::of);
    let (from, len) = (number(2), number(3));
    let input = match &input {
        Some(input) => input.as_slice().get(from..from.saturating_add(len)).ok_or_else(out_of_bounds)?,
        None => &[],
    };
    let mut output = args.get(4).and_then(Bytes::of).ok_or_else(out_of_bounds)?;
    let (from, len) = (number(5), number(6));
    let output = output.as_mut_slice().get_mut(from..from.saturating_add(len)).ok_or_else(out_of_bounds)?;
    let step = codec.run(number(0) as u32, input, output);
    if step.failure.is_none()
        && let Some(result) = handle.result.borrow().as_ref()
        && let [a, b, c, d, e, f, g, h] = Bytes::require(result)?.as_mut_slice()
    {
        [*a, *b, *c, *d] = ((output.len() - step.written) as u32).to_ne_bytes();
        [*e, *f, *g, *h] = ((input.len() - step.read) as u32).to_ne_bytes();
    }
    Ok(step.failure)
}

/// There is no other thread: the work is done now, and the callback comes from the loop.
fn write<'js>(ctx: &Ctx<'js>, this: &Class<'js, Handle<'js>>, args: &[Value<'js>]) -> Result<()> {
    let failure = work(ctx, this, args)?;
    this.borrow().writing.set(true);
    let kept = Persistent::save(ctx, this.clone().into_inner());
    Env::of(ctx)?.event_loop.complete(move |ctx| {
        let (Ok(env), Ok(object)) = (Env::of(ctx), kept.restore(ctx)) else { return };
        let Some(this) = object.as_class::<Handle>().cloned() else { return };
        this.borrow().writing.set(false);
        match failure {
            Some(failure) => {
                env.make_method_callback(ctx, &object, "onerror", (failure.message, failure.number, failure.code));
            }
            None => {
                let callback = this.borrow().callback.borrow().clone();
                if let Some(callback) = callback {
                    env.make_callback(ctx, object.clone().into_value(), &callback, ());
                }
            }
        }
        let handle = this.borrow();
        if handle.close_later.replace(false) {
            *handle.codec.borrow_mut() = None;
        }
    });
    Ok(())
}

fn report<'js>(this: &Class<'js, Handle<'js>>, failure: Failure) -> Result<()> {
    match this.get::<_, Value>("onerror")?.into_function() {
        Some(onerror) => onerror.call((This(this.clone()), failure.message, failure.number, failure.code)),
        None => Ok(()),
    }
}
