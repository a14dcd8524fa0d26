//! `internalBinding('http_parser')`: `HTTPParser` and the lists of connections that a server times out.

mod error;
mod method;
pub mod parser;

use std::cell::{Cell, RefCell};

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::{Args, Constructor, Opt, This};
use rquickjs::{Class, Coerced, Ctx, Function, JsLifetime, Object, Result, Value};

use super::buffer::{Bytes, bytes, define, js_string, throw};
use error::ParseError;
use parser::{Event, Head, Pair, Parser, Verdict, lenient};

const ON_MESSAGE_BEGIN: u32 = 0;
const ON_HEADERS: u32 = 1;
const ON_HEADERS_COMPLETE: u32 = 2;
const ON_BODY: u32 = 3;
const ON_MESSAGE_COMPLETE: u32 = 4;
/// The limit when the library gives none, in bytes.
const DEFAULT_MAX_HEADER_SIZE: usize = 16 * 1024;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let http: Vec<&str> = (0u8..).zip(method::ALL).filter(|(i, _)| *i != method::PRI && method::is_http(*i)).map(|(_, name)| name).collect();
    binding.set("methods", http)?;
    binding.set("allMethods", method::ALL.to_vec())?;
    if let Some(class) = Class::<HttpParser>::create_constructor(ctx)? {
        for (name, value) in CONSTANTS {
            class.set(name, value)?;
        }
        binding.set("HTTPParser", class)?;
    }
    binding.set("ConnectionsList", Class::<ConnectionsList>::create_constructor(ctx)?)?;
    Ok(binding)
}

const CONSTANTS: [(&str, u32); 21] = [
    ("REQUEST", parser::REQUEST as u32),
    ("RESPONSE", parser::RESPONSE as u32),
    ("kOnMessageBegin", ON_MESSAGE_BEGIN),
    ("kOnHeaders", ON_HEADERS),
    ("kOnHeadersComplete", ON_HEADERS_COMPLETE),
    ("kOnBody", ON_BODY),
    ("kOnMessageComplete", ON_MESSAGE_COMPLETE),
    ("kOnExecute", 5),
    ("kOnTimeout", 6),
    ("kLenientNone", 0),
    ("kLenientHeaders", lenient::HEADERS),
    ("kLenientChunkedLength", lenient::CHUNKED_LENGTH),
    ("kLenientKeepAlive", lenient::KEEP_ALIVE),
    ("kLenientTransferEncoding", lenient::TRANSFER_ENCODING),
    ("kLenientVersion", lenient::VERSION),
    ("kLenientDataAfterClose", lenient::DATA_AFTER_CLOSE),
    ("kLenientOptionalLFAfterCR", lenient::OPTIONAL_LF_AFTER_CR),
    ("kLenientOptionalCRLFAfterChunk", lenient::OPTIONAL_CRLF_AFTER_CHUNK),
    ("kLenientOptionalCRBeforeLF", lenient::OPTIONAL_CR_BEFORE_LF),
    ("kLenientSpacesAfterChunkSize", lenient::SPACES_AFTER_CHUNK_SIZE),
    ("kLenientAll", lenient::ALL),
];

/// One parser object. The callbacks are its own numbered properties.
pub struct HttpParser<'js> {
    parser: RefCell<Option<Parser>>,
    connections: RefCell<Option<Class<'js, ConnectionsList<'js>>>>,
    /// The piece that is being executed, while it is.
    current: RefCell<Option<Value<'js>>>,
    depth: Cell<u32>,
    /// A pause or resume that a callback asked for: done when the piece is.
    pending_pause: Cell<bool>,
    /// Milliseconds of the host's clock; 0 while no message is being read.
    message_start: Cell<f64>,
}

impl<'js> Trace<'js> for HttpParser<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        if let Ok(connections) = self.connections.try_borrow() {
            connections.trace(tracer);
        }
        if let Ok(current) = self.current.try_borrow() {
            current.trace(tracer);
        }
    }
}

// SAFETY: the lifetime is that of the engine's values inside.
unsafe impl<'js> JsLifetime<'js> for HttpParser<'js> {
    type Changed<'to> = HttpParser<'to>;
}

type This_<'js> = This<Class<'js, HttpParser<'js>>>;

impl<'js> JsClass<'js> for HttpParser<'js> {
    const NAME: &'static str = "HTTPParser";
    type Mutable = Readable;

    fn constructor(ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        let make = |ctx: Ctx<'js>| {
            let parser = HttpParser {
                parser: RefCell::new(None),
                connections: RefCell::new(None),
                current: RefCell::new(None),
                depth: Cell::new(0),
                pending_pause: Cell::new(false),
                message_start: Cell::new(0.0),
            };
            Class::instance(ctx, parser)
        };
        Constructor::new_class::<Self, _, _>(ctx.clone(), make).map(Some)
    }

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        let prototype = Object::new(ctx.clone())?;
        define(
            ctx,
            &prototype,
            "initialize",
            |ctx: Ctx<'js>,
             this: This_<'js>,
             kind: u8,
             _resource: Opt<Value<'js>>,
             limit: Opt<Coerced<f64>>,
             leniency: Opt<Coerced<f64>>,
             connections: Opt<Value<'js>>| {
                let limit = limit.0.map_or(0, |n| n.0 as usize);
                let limit = if limit == 0 { DEFAULT_MAX_HEADER_SIZE } else { limit };
                let leniency = leniency.0.map_or(0, |n| n.0 as u32);
                if kind != parser::REQUEST && kind != parser::RESPONSE {
                    let message = "HTTPParser.initialize: the type must be HTTPParser.REQUEST or HTTPParser.RESPONSE";
                    return Err(throw::type_error(&ctx, "ERR_INVALID_ARG_VALUE", message));
                }
                let list = connections.0.as_ref().and_then(|v| Class::<ConnectionsList>::from_value(v).ok());
                detach(&this.0);
                {
                    let me = this.0.borrow();
                    *me.parser.borrow_mut() = Some(Parser::new(kind, limit, leniency));
                    me.pending_pause.set(false);
                    me.message_start.set(if list.is_some() { now(&ctx) } else { 0.0 });
                    *me.connections.borrow_mut() = list.clone();
                }
                if let Some(list) = list {
                    // A client that connects and says nothing counts as active, so that it can time out.
                    let list = list.borrow();
                    list.all.borrow_mut().push(this.0.clone());
                    list.active.borrow_mut().push(this.0.clone());
                }
                Ok(())
            },
        )?;
        define(
            ctx,
            &prototype,
            "execute",
            |ctx: Ctx<'js>, this: This_<'js>, data: Value<'js>, offset: Opt<Value<'js>>, length: Opt<Value<'js>>| {
                let len = Bytes::require(&data)?.len();
                let number = |v: Option<Value<'js>>| v.and_then(|v| v.as_number()).map(|n| n as usize);
                let start = number(offset.0).unwrap_or(0).min(len);
                let end = number(length.0).map_or(len, |n| start.saturating_add(n).min(len));
                execute(&ctx, &this.0, data, start, end)
            },
        )?;
        define(ctx, &prototype, "finish", |ctx: Ctx<'js>, this: This_<'js>| finish(&ctx, &this.0))?;
        define(ctx, &prototype, "pause", |this: This_<'js>| set_paused(&this.0, true))?;
        define(ctx, &prototype, "resume", |this: This_<'js>| set_paused(&this.0, false))?;
        define(ctx, &prototype, "free", |_this: This_<'js>| {})?;
        define(ctx, &prototype, "remove", |this: This_<'js>| detach(&this.0))?;
        define(ctx, &prototype, "close", |this: This_<'js>| {
            detach(&this.0);
            if let Ok(mut parser) = this.0.borrow().parser.try_borrow_mut() {
                *parser = None;
            }
        })?;
        // The library falls back on the socket's `data` events, which it listens to anyway.
        define(ctx, &prototype, "consume", |_this: This_<'js>, _handle: Opt<Value<'js>>| {})?;
        define(ctx, &prototype, "unconsume", |_this: This_<'js>| {})?;
        define(ctx, &prototype, "getCurrentBuffer", |ctx: Ctx<'js>, this: This_<'js>| -> Result<Value<'js>> {
            let current = this.0.borrow().current.borrow().clone();
            match current {
                Some(data) => buffer(&ctx, Bytes::require(&data)?.as_slice()),
                None => buffer(&ctx, &[]),
            }
        })?;
        define(ctx, &prototype, "duration", |ctx: Ctx<'js>, this: This_<'js>| {
            let start = this.0.borrow().message_start.get();
            if start == 0.0 { 0.0 } else { now(&ctx) - start }
        })?;
        define(ctx, &prototype, "headersCompleted", |this: This_<'js>| {
            this.0.borrow().parser.borrow().as_ref().is_some_and(Parser::head_complete)
        })?;
        // There is no tracing of asynchronous resources below the library.
        define(ctx, &prototype, "getAsyncId", |_this: This_<'js>| 0)?;
        define(ctx, &prototype, "asyncReset", |_this: This_<'js>| {})?;
        define(ctx, &prototype, "getProviderType", |_this: This_<'js>| 0)?;
        Ok(Some(prototype))
    }
}

/// What a piece came to.
enum Outcome<'js> {
    Read,
    /// The rest of the piece is of another protocol.
    Upgraded,
    Failed(ParseError),
    /// A callback threw.
    Threw(Value<'js>),
}

fn execute<'js>(
    ctx: &Ctx<'js>,
    this: &Class<'js, HttpParser<'js>>,
    data: Value<'js>,
    start: usize,
    end: usize,
) -> Result<Value<'js>> {
    let me = this.borrow();
    let outer = me.current.replace(Some(data.clone()));
    me.depth.set(me.depth.get() + 1);
    let mut pos = start;
    let outcome = drive(ctx, this, &data, &mut pos, end);
    me.depth.set(me.depth.get() - 1);
    *me.current.borrow_mut() = outer;
    let upgraded = matches!(outcome, Ok(Outcome::Upgraded));
    // A parser that hands its connection over does not pause.
    if me.pending_pause.replace(false)
        && !upgraded
        && let Some(parser) = me.parser.borrow_mut().as_mut()
    {
        parser.pause();
    }
    match outcome? {
        Outcome::Read | Outcome::Upgraded => Ok(Value::new_int(ctx.clone(), (pos - start) as i32)),
        Outcome::Threw(error) => Err(ctx.throw(error)),
        Outcome::Failed(_) if me.parser.borrow().as_ref().is_some_and(Parser::upgraded) => {
            Ok(Value::new_int(ctx.clone(), (pos - start) as i32))
        }
        Outcome::Failed(error) => failure(ctx, error, pos - start),
    }
}

fn drive<'js>(
    ctx: &Ctx<'js>,
    this: &Class<'js, HttpParser<'js>>,
    data: &Value<'js>,
    pos: &mut usize,
    end: usize,
) -> Result<Outcome<'js>> {
    let me = this.borrow();
    loop {
        let (event, body) = {
            let mut parser = me.parser.borrow_mut();
            let Some(parser) = parser.as_mut() else { return Ok(Outcome::Read) };
            // A callback can detach the buffer: what is left of it then is nothing.
            let view = Bytes::require(data)?;
            let piece = &view.as_slice()[..end.min(view.len())];
            if *pos > piece.len() {
                return Ok(Outcome::Read);
            }
            match parser.step(piece, pos) {
                Ok(None) => return Ok(Outcome::Read),
                Ok(Some(Event::Body(range))) => (Event::Body(0..0), piece.get(range).map(<[u8]>::to_vec)),
                Ok(Some(event)) => (event, None),
                Err(error) => return Ok(Outcome::Failed(error)),
            }
        };
        if event == Event::Upgrade {
            return Ok(Outcome::Upgraded);
        }
        match dispatch(ctx, this, event, body) {
            Ok(()) => {}
            Err(rquickjs::Error::Exception) => {
                if let Some(parser) = me.parser.borrow_mut().as_mut() {
                    parser.fail(ParseError { code: "HPE_JS_EXCEPTION", reason: "JS Exception" });
                }
                return Ok(Outcome::Threw(ctx.catch()));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Calls the library back.
fn dispatch<'js>(
    ctx: &Ctx<'js>,
    this: &Class<'js, HttpParser<'js>>,
    event: Event,
    body: Option<Vec<u8>>,
) -> Result<()> {
    match event {
        Event::MessageBegin => {
            restart_clock(this, now(ctx));
            if let Some(callback) = callback(this, ON_MESSAGE_BEGIN)? {
                callback.call::<_, ()>((This(this.clone()),))?;
            }
        }
        Event::Headers { pairs, url } => {
            if let Some(callback) = callback(this, ON_HEADERS)? {
                let (headers, url) = (header_list(ctx, &pairs)?, js_string::from_latin1(ctx, &url)?);
                callback.call::<_, ()>((This(this.clone()), headers, url))?;
            }
        }
        Event::Head(head) => {
            let verdict = head_complete(ctx, this, head)?;
            if let Some(parser) = this.borrow().parser.borrow_mut().as_mut() {
                match verdict {
                    0 => parser.head_done(Verdict::Body),
                    1 => parser.head_done(Verdict::NoBody),
                    2 => parser.head_done(Verdict::Upgrade),
                    // Left unanswered, the next step fails with the error that llhttp gives.
                    _ => {}
                }
            }
        }
        Event::Body(_) => {
            if let (Some(callback), Some(body)) = (callback(this, ON_BODY)?, body) {
                callback.call::<_, ()>((This(this.clone()), buffer(ctx, &body)?))?;
            }
        }
        Event::MessageComplete => {
            restart_clock(this, 0.0);
            if let Some(callback) = callback(this, ON_MESSAGE_COMPLETE)? {
                callback.call::<_, ()>((This(this.clone()),))?;
            }
        }
        Event::Upgrade => {}
    }
    Ok(())
}

fn head_complete<'js>(ctx: &Ctx<'js>, this: &Class<'js, HttpParser<'js>>, head: Head) -> Result<i32> {
    let Some(callback) = callback(this, ON_HEADERS_COMPLETE)? else { return Ok(0) };
    let request = head.request;
    let undefined = || Value::new_undefined(ctx.clone());
    let mut args = Args::new(ctx.clone(), 9);
    args.this(this.clone())?;
    args.push_arg(head.major)?;
    args.push_arg(head.minor)?;
    let url = match head.headers {
        Some((pairs, url)) => {
            args.push_arg(header_list(ctx, &pairs)?)?;
            Some(url).filter(|_| request)
        }
        None => {
            args.push_arg(undefined())?;
            None
        }
    };
    args.push_arg(if request { Value::new_int(ctx.clone(), i32::from(head.method)) } else { undefined() })?;
    args.push_arg(match url {
        Some(url) => js_string::from_latin1(ctx, &url)?,
        None => undefined(),
    })?;
    if request {
        args.push_arg(undefined())?;
        args.push_arg(undefined())?;
    } else {
        args.push_arg(head.status)?;
        args.push_arg(js_string::from_latin1(ctx, &head.reason)?)?;
    }
    args.push_arg(head.upgrade)?;
    args.push_arg(head.keep_alive)?;
    let answer: Value = callback.call_arg(args)?;
    Ok(answer.as_number().map_or(0, |n| n as i32))
}

fn finish<'js>(ctx: &Ctx<'js>, this: &Class<'js, HttpParser<'js>>) -> Result<Value<'js>> {
    let ended = match this.borrow().parser.borrow_mut().as_mut() {
        Some(parser) => parser.end(),
        None => Ok(None),
    };
    match ended {
        Ok(Some(event)) => dispatch(ctx, this, event, None)?,
        Ok(None) => {}
        Err(error) => return failure(ctx, error, 0),
    }
    Ok(Value::new_undefined(ctx.clone()))
}

fn set_paused<'js>(this: &Class<'js, HttpParser<'js>>, paused: bool) {
    let me = this.borrow();
    if me.depth.get() > 0 {
        me.pending_pause.set(paused);
        return;
    }
    if let Some(parser) = me.parser.borrow_mut().as_mut() {
        if paused {
            parser.pause();
        } else {
            parser.resume();
        }
    }
}

fn callback<'js>(this: &Class<'js, HttpParser<'js>>, index: u32) -> Result<Option<Function<'js>>> {
    Ok(this.get::<_, Value>(index)?.into_function())
}

/// An error is returned, not thrown: the library looks at what `execute` returns.
fn failure<'js>(ctx: &Ctx<'js>, error: ParseError, bytes_parsed: usize) -> Result<Value<'js>> {
    let object = throw::new(ctx, "Error", "", "Parse Error")?;
    object.set("bytesParsed", bytes_parsed as u32)?;
    object.set("code", error.code)?;
    object.set("reason", error.reason)?;
    Ok(object.into_value())
}

/// Names and values in turn.
fn header_list<'js>(ctx: &Ctx<'js>, pairs: &[Pair]) -> Result<Vec<Value<'js>>> {
    let mut list = Vec::with_capacity(pairs.len() * 2);
    for (name, value) in pairs {
        list.push(js_string::from_latin1(ctx, name)?);
        list.push(js_string::from_latin1(ctx, value)?);
    }
    Ok(list)
}

/// A `Buffer` of a copy of `data`; a plain `Uint8Array` where there is no `Buffer` yet.
fn buffer<'js>(ctx: &Ctx<'js>, data: &[u8]) -> Result<Value<'js>> {
    bytes::buffer(ctx, data.to_vec())
}

/// The parsers of a server's connections.
pub struct ConnectionsList<'js> {
    all: RefCell<Vec<Class<'js, HttpParser<'js>>>>,
    /// Those that are reading a message.
    active: RefCell<Vec<Class<'js, HttpParser<'js>>>>,
}

impl<'js> Trace<'js> for ConnectionsList<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        for list in [&self.all, &self.active] {
            if let Ok(list) = list.try_borrow() {
                list.iter().for_each(|parser| parser.trace(tracer));
            }
        }
    }
}

// SAFETY: as above.
unsafe impl<'js> JsLifetime<'js> for ConnectionsList<'js> {
    type Changed<'to> = ConnectionsList<'to>;
}

type ThisList<'js> = This<Class<'js, ConnectionsList<'js>>>;

impl<'js> JsClass<'js> for ConnectionsList<'js> {
    const NAME: &'static str = "ConnectionsList";
    type Mutable = Readable;

    fn constructor(ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        let make = |ctx: Ctx<'js>| {
            let list = ConnectionsList { all: RefCell::new(Vec::new()), active: RefCell::new(Vec::new()) };
            Class::instance(ctx, list)
        };
        Constructor::new_class::<Self, _, _>(ctx.clone(), make).map(Some)
    }

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        let prototype = Object::new(ctx.clone())?;
        define(ctx, &prototype, "all", |this: ThisList<'js>| this.0.borrow().all.borrow().clone())?;
        define(ctx, &prototype, "idle", |this: ThisList<'js>| {
            let list = this.0.borrow();
            let all = list.all.borrow();
            all.iter().filter(|p| p.borrow().message_start.get() == 0.0).cloned().collect::<Vec<_>>()
        })?;
        define(ctx, &prototype, "active", |this: ThisList<'js>| this.0.borrow().active.borrow().clone())?;
        define(
            ctx,
            &prototype,
            "expired",
            |ctx: Ctx<'js>, this: ThisList<'js>, headers: Coerced<f64>, request: Coerced<f64>| {
                let (headers, request, now) = (headers.0, request.0, now(&ctx));
                let late = |parser: &Class<'js, HttpParser<'js>>| {
                    let parser = parser.borrow();
                    let age = now - parser.message_start.get();
                    let in_head = !parser.parser.borrow().as_ref().is_some_and(Parser::head_complete);
                    (in_head && headers > 0.0 && age > headers) || (request > 0.0 && age > request)
                };
                let list = this.0.borrow();
                let mut active = list.active.borrow_mut();
                let (expired, rest) = active.drain(..).partition(late);
                *active = rest;
                expired as Vec<_>
            },
        )?;
        Ok(Some(prototype))
    }
}

/// Takes the parser out of its server's lists.
fn detach<'js>(this: &Class<'js, HttpParser<'js>>) {
    let list = this.borrow().connections.borrow().clone();
    if let Some(list) = list {
        let list = list.borrow();
        list.all.borrow_mut().retain(|p| p != this);
        list.active.borrow_mut().retain(|p| p != this);
    }
}

/// A message begins (`start` is now) or ends (0): the parser moves to the end of the lists it belongs to.
fn restart_clock<'js>(this: &Class<'js, HttpParser<'js>>, start: f64) {
    let list = this.borrow().connections.borrow().clone();
    if let Some(list) = list {
        detach(this);
        this.borrow().message_start.set(start);
        let list = list.borrow();
        list.all.borrow_mut().push(this.clone());
        if start > 0.0 {
            list.active.borrow_mut().push(this.clone());
        }
    }
}

fn now(ctx: &Ctx<'_>) -> f64 {
    ctx.globals()
        .get::<_, Object>("Date")
        .and_then(|date| date.get::<_, Function>("now"))
        .and_then(|now| now.call::<_, f64>(()))
        .unwrap_or(1.0)
}
