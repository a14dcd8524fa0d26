//! An incremental HTTP/1.x parser. Bytes come in pieces of any size; [`Parser::step`] stops at each event, so that whoever
//! drives it may run anything, even the parser's own methods, between two steps.
//!
//! It follows llhttp, Node's parser, in what it accepts and in the names of what it refuses. It knows nothing of JavaScript.

use std::ops::Range;

use super::error::{self as e, ParseError};
use super::method;

pub const REQUEST: u8 = 1;
pub const RESPONSE: u8 = 2;

/// What may be wrong with a message and still be let through; the bits are Node's.
pub mod lenient {
    pub const HEADERS: u32 = 1;
    pub const CHUNKED_LENGTH: u32 = 2;
    pub const KEEP_ALIVE: u32 = 4;
    pub const TRANSFER_ENCODING: u32 = 8;
    pub const VERSION: u32 = 16;
    pub const DATA_AFTER_CLOSE: u32 = 32;
    pub const OPTIONAL_LF_AFTER_CR: u32 = 64;
    pub const OPTIONAL_CRLF_AFTER_CHUNK: u32 = 128;
    pub const OPTIONAL_CR_BEFORE_LF: u32 = 256;
    pub const SPACES_AFTER_CHUNK_SIZE: u32 = 512;
    pub const ALL: u32 = 1023;
}

/// Pairs that are gathered before they are handed on; a message with fewer hands them all on at its head's end.
const BATCH: usize = 31;
const MAX_CHUNK_EXTENSIONS: usize = 16_384;

pub type Pair = (Vec<u8>, Vec<u8>);

#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    MessageBegin,
    /// A batch of headers, or trailers, before the head (or the message) is complete. The URL comes with the first batch.
    Headers { pairs: Vec<Pair>, url: Vec<u8> },
    /// The driver must answer with [`Parser::head_done`].
    Head(Head),
    /// A range of the piece that was given.
    Body(Range<usize>),
    MessageComplete,
    /// The rest of the piece, from `pos`, is of another protocol.
    Upgrade,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    pub request: bool,
    pub major: u8,
    pub minor: u8,
    /// `None` when batches were handed on before: then the rest came as a batch too.
    pub headers: Option<(Vec<Pair>, Vec<u8>)>,
    pub method: u8,
    pub status: u16,
    pub reason: Vec<u8>,
    pub upgrade: bool,
    pub keep_alive: bool,
}

/// What the driver says after a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Body,
    NoBody,
    Upgrade,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Begin,
    Method,
    Preface,
    SpaceBeforeUrl,
    Url(UrlPart),
    UrlLf,
    Protocol,
    Major,
    Dot,
    Minor,
    RequestLineEnd,
    StatusSpace,
    StatusCode,
    StatusAfterCode,
    StatusText,
    LineLf,
    FieldStart,
    Field,
    ValueStart,
    ValueStartLf,
    ValueStartNext,
    Value,
    ValueLf,
    ValueNext,
    HeadLf,
    HeadDone,
    HeadFlushed,
    AwaitVerdict,
    AfterVerdict,
    FixedBody,
    EofBody,
    ChunkStart,
    ChunkSize,
    ChunkSpace,
    ChunkExtension,
    ChunkName,
    ChunkValue,
    ChunkQuoted,
    ChunkQuotedPair,
    ChunkQuotedEnd,
    ChunkSizeLf,
    ChunkBody,
    ChunkBodyCr,
    ChunkBodyLf,
    TrailersFlushed,
    Complete,
    AfterComplete,
    Upgraded,
    Resumed,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UrlPart {
    Start,
    Schema,
    SchemaSlash,
    SchemaSlashSlash,
    Server,
    ServerAt,
    Path,
    Query,
    FragmentStart,
    Fragment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finish {
    /// The end of input is fine here.
    Safe,
    /// The end of input completes the message.
    Completes,
    /// The end of input cuts a message in two.
    Unsafe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    None,
    ContentLength,
    TransferEncoding,
    Connection,
    Upgrade,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Flags {
    keep_alive: bool,
    close: bool,
    connection_upgrade: bool,
    upgrade: bool,
    chunked: bool,
    content_length: bool,
    transfer_encoding: bool,
    skip_body: bool,
    trailing: bool,
}

#[derive(Debug)]
pub struct Parser {
    kind: u8,
    leniency: u32,
    limit: usize,
    state: State,
    finish: Finish,
    failed: Option<ParseError>,
    paused: bool,
    flags: Flags,
    /// Bytes of the head (or of the trailers) so far.
    head_bytes: usize,
    extension_bytes: usize,
    token: Vec<u8>,
    method: u8,
    major: u8,
    minor: u8,
    status: u16,
    status_digits: u8,
    upgrade: bool,
    /// The protocol changes although no upgrade was announced.
    switched: bool,
    url: Vec<u8>,
    reason: Vec<u8>,
    pairs: Vec<Pair>,
    flushed: bool,
    field: Vec<u8>,
    value: Vec<u8>,
    special: Special,
    length: u64,
    rest: u64,
    head_complete: bool,
}

impl Parser {
    /// `limit` is the size in bytes that a head may not reach.
    pub fn new(kind: u8, limit: usize, leniency: u32) -> Self {
        Self {
            kind,
            leniency,
            limit,
            state: State::Start,
            finish: Finish::Safe,
            failed: None,
            paused: false,
            flags: Flags::default(),
            head_bytes: 0,
            extension_bytes: 0,
            token: Vec::new(),
            method: 0,
            major: 0,
            minor: 0,
            status: 0,
            status_digits: 0,
            upgrade: false,
            switched: false,
            url: Vec::new(),
            reason: Vec::new(),
            pairs: Vec::new(),
            flushed: false,
            field: Vec::new(),
            value: Vec::new(),
            special: Special::None,
            length: 0,
            rest: 0,
            head_complete: false,
        }
    }

    pub fn pause(&mut self) {
        self.paused = true;
    }

    pub fn resume(&mut self) {
        self.paused = false;
    }

    /// Whether the head of the present message is complete.
    pub fn head_complete(&self) -> bool {
        self.head_complete
    }

    /// Whether what follows is of another protocol.
    pub fn upgraded(&self) -> bool {
        self.upgrade
    }

    /// Reads on from `pos` until the next event, or to the end of `data` (`None`). After an error every step fails with it.
    pub fn step(&mut self, data: &[u8], pos: &mut usize) -> Result<Option<Event>, ParseError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.paused {
            return Err(e::PAUSED);
        }
        let result = self.advance(data, pos);
        if let Err(error) = result {
            self.failed = Some(error);
        }
        result
    }

    /// The answer to [`Event::Head`].
    pub fn head_done(&mut self, verdict: Verdict) {
        if self.state != State::AwaitVerdict {
            return;
        }
        match verdict {
            Verdict::Body => {}
            Verdict::NoBody => self.flags.skip_body = true,
            Verdict::Upgrade => {
                self.upgrade = true;
                self.flags.skip_body = true;
            }
        }
        self.state = State::AfterVerdict;
    }

    /// Makes every later step fail, as after a callback that threw.
    pub fn fail(&mut self, error: ParseError) {
        self.failed = Some(error);
    }

    /// The end of input. `Some` is an event that it brings about.
    pub fn end(&mut self) -> Result<Option<Event>, ParseError> {
        if self.failed.is_some() || self.paused {
            return Ok(None);
        }
        match self.finish {
            Finish::Safe => Ok(None),
            Finish::Completes => Ok(Some(Event::MessageComplete)),
            Finish::Unsafe if self.upgrade => Ok(None),
            Finish::Unsafe => Err(e::EOF),
        }
    }

    fn allows(&self, bit: u32) -> bool {
        self.leniency & bit != 0
    }

    fn advance(&mut self, data: &[u8], pos: &mut usize) -> Result<Option<Event>, ParseError> {
        use State::*;
        loop {
            // States that need no byte.
            match self.state {
                HeadDone | HeadFlushed => return Ok(Some(self.head())),
                AwaitVerdict => return Err(e::CALLBACK),
                AfterVerdict => {
                    self.after_head()?;
                    continue;
                }
                TrailersFlushed => {
                    self.state = Complete;
                    if !self.pairs.is_empty() {
                        return Ok(Some(self.batch()));
                    }
                    continue;
                }
                Complete => {
                    self.state = AfterComplete;
                    return Ok(Some(Event::MessageComplete));
                }
                AfterComplete => {
                    if self.upgrade || self.switched {
                        self.state = Upgraded;
                    } else {
                        self.after_message();
                    }
                    continue;
                }
                Upgraded => {
                    self.state = Resumed;
                    return Ok(Some(Event::Upgrade));
                }
                Resumed => {
                    // Whatever is fed after an upgrade is read as a new message, as llhttp does when it is resumed.
                    self.after_message();
                    continue;
                }
                _ => {}
            }
            let Some(&byte) = data.get(*pos) else { return Ok(None) };
            match self.state {
                Start => {
                    if byte != b'\r' && byte != b'\n' {
                        self.state = Begin;
                        self.begin();
                        return Ok(Some(Event::MessageBegin));
                    }
                }
                Begin => {
                    self.state = if self.kind == REQUEST { Method } else { Protocol };
                    continue;
                }
                Method => self.method(byte)?,
                Preface => self.preface(byte, pos)?,
                SpaceBeforeUrl => {
                    if byte != b' ' {
                        self.state = Url(if self.method == method::CONNECT { UrlPart::Server } else { UrlPart::Start });
                        continue;
                    }
                }
                Url(part) => {
                    if self.url(part, data, pos)? {
                        continue;
                    }
                }
                UrlLf => {
                    if byte != b'\n' {
                        return Err(e::URL_CHARACTERS);
                    }
                    self.state = FieldStart;
                }
                Protocol => self.protocol(byte)?,
                Major => {
                    self.major = digit(byte).ok_or(e::MAJOR)?;
                    self.state = Dot;
                }
                Dot => {
                    if byte != b'.' {
                        return Err(e::DOT);
                    }
                    self.state = Minor;
                }
                Minor => {
                    self.minor = digit(byte).ok_or(e::MINOR)?;
                    let known = matches!((self.major, self.minor), (0, 9) | (1, 0) | (1, 1) | (2, 0));
                    if !known && !self.allows(lenient::VERSION) {
                        return past(pos, e::VERSION);
                    }
                    self.state = match self.kind {
                        REQUEST if self.method == method::PRI => Preface,
                        REQUEST => RequestLineEnd,
                        _ => StatusSpace,
                    };
                }
                RequestLineEnd => match byte {
                    b'\r' => self.state = LineLf,
                    // llhttp waits for another line feed here; so does this.
                    b'\n' if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = LineLf,
                    b'\n' => return past(pos, e::CRLF_AFTER_VERSION),
                    _ => return Err(e::CRLF_AFTER_VERSION),
                },
                StatusSpace => {
                    if byte != b' ' {
                        return Err(e::SPACE_AFTER_VERSION);
                    }
                    (self.status, self.status_digits) = (0, 0);
                    self.state = StatusCode;
                }
                StatusCode => {
                    self.status = self.status * 10 + u16::from(digit(byte).ok_or(e::STATUS_CODE)?);
                    self.status_digits += 1;
                    if self.status_digits == 3 {
                        self.state = StatusAfterCode;
                    }
                }
                StatusAfterCode => match byte {
                    b' ' => self.state = StatusText,
                    b'\r' => self.state = LineLf,
                    b'\n' if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = FieldStart,
                    b'\n' => return past(pos, e::STATUS),
                    _ => return Err(e::STATUS),
                },
                StatusText => match byte {
                    b'\r' => self.state = LineLf,
                    b'\n' if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = FieldStart,
                    b'\n' => return past(pos, e::CR_AFTER_RESPONSE_LINE),
                    _ => {
                        let rest = &data[*pos..];
                        let len = rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
                        self.reason.extend_from_slice(&rest[..len]);
                        *pos += len;
                        self.track(len, pos, data)?;
                        continue;
                    }
                },
                LineLf => {
                    if byte != b'\n' {
                        if self.allows(lenient::OPTIONAL_LF_AFTER_CR) {
                            self.state = FieldStart;
                            continue;
                        }
                        let request = self.kind == REQUEST;
                        return Err(if request { e::LF_AFTER_VERSION } else { e::LF_AFTER_RESPONSE_LINE });
                    }
                    self.state = FieldStart;
                }
                FieldStart | Field | ValueStart | ValueStartLf | ValueStartNext | Value | ValueLf | ValueNext
                | HeadLf => match self.header(byte, data, pos)? {
                    Progress::Next => {}
                    Progress::Same => continue,
                    Progress::Event(event) => return Ok(Some(event)),
                },
                FixedBody | ChunkBody => {
                    let available = (data.len() - *pos) as u64;
                    let take = available.min(self.rest) as usize;
                    let range = *pos..*pos + take;
                    *pos += take;
                    self.rest -= take as u64;
                    if self.rest == 0 {
                        self.state = if self.state == FixedBody { Complete } else { ChunkBodyCr };
                    }
                    return Ok(Some(Event::Body(range)));
                }
                EofBody => {
                    let range = *pos..data.len();
                    *pos = data.len();
                    return Ok(Some(Event::Body(range)));
                }
                Closed => match byte {
                    b'\r' | b'\n' => {}
                    _ => {
                        if !self.allows(lenient::DATA_AFTER_CLOSE) {
                            return past(pos, e::CLOSED);
                        }
                    }
                },
                _ => {
                    if self.chunk(byte, pos)? {
                        continue;
                    }
                }
            }
            *pos += 1;
        }
    }

    fn begin(&mut self) {
        self.finish = Finish::Unsafe;
        self.flags = Flags::default();
        self.head_bytes = 0;
        self.extension_bytes = 0;
        self.token.clear();
        self.method = 0;
        self.status = 0;
        self.switched = false;
        self.url.clear();
        self.reason.clear();
        self.pairs.clear();
        self.length = 0;
        self.head_complete = false;
    }

    fn method(&mut self, byte: u8) -> Result<(), ParseError> {
        if byte == b' '
            && let Some(number) = method::number(&self.token)
        {
            self.method = number;
            self.state = State::SpaceBeforeUrl;
            self.token.clear();
            return Ok(());
        }
        let whole = method::number(&self.token).is_some();
        self.token.push(byte);
        if method::is_prefix(&self.token) {
            return Ok(());
        }
        Err(if whole { e::SPACE_AFTER_METHOD } else { e::METHOD })
    }

    /// The rest of HTTP/2's first bytes after `PRI * HTTP/2.0`.
    fn preface(&mut self, byte: u8, pos: &mut usize) -> Result<(), ParseError> {
        const REST: &[u8] = b"\r\n\r\nSM\r\n\r\n";
        if REST.get(self.token.len()) != Some(&byte) {
            return Err(e::PREFACE);
        }
        self.token.push(byte);
        if self.token.len() == REST.len() { past(pos, e::PAUSED_H2) } else { Ok(()) }
    }

    /// Takes as many characters of the part as there are. True when `pos` stands at a byte that is not yet consumed.
    fn url(&mut self, part: UrlPart, data: &[u8], pos: &mut usize) -> Result<bool, ParseError> {
        use UrlPart::*;
        let byte = data[*pos];
        if matches!(part, Path | Query | Fragment) {
            let stop = |b: &u8| match part {
                Path => !is_url_char(*b),
                Query => !is_url_char(*b) && *b != b'?',
                _ => !is_url_char(*b) && *b != b'?' && *b != b'#',
            };
            let len = data[*pos..].iter().position(stop).unwrap_or(data.len() - *pos);
            if len > 0 {
                self.head_bytes += len;
                self.url.extend_from_slice(&data[*pos..*pos + len]);
                *pos += len;
                self.track_url(*pos == data.len())?;
                return Ok(true);
            }
        }
        let early = matches!(part, Start | Schema | SchemaSlash | SchemaSlashSlash);
        if matches!(byte, b'\t' | 0x0C) || (early && matches!(byte, b' ' | b'\r' | b'\n')) {
            *pos += 1;
            return Err(e::URL_CHARACTERS);
        }
        let ends = matches!(byte, b' ' | b'\r' | b'\n');
        if ends {
            self.track_url(true)?;
            if byte == b' ' {
                self.state = State::Protocol;
                self.token.clear();
                return Ok(false);
            }
            // HTTP/0.9: a line with nothing after the URL.
            (self.major, self.minor) = (0, 9);
            self.state = if byte == b'\r' { State::UrlLf } else { State::FieldStart };
            return Ok(false);
        }
        let next = match (part, byte) {
            (Start, b'/' | b'*') => Path,
            (Start, b) if b.is_ascii_alphabetic() => Schema,
            (Start, _) => return Err(e::URL_START),
            (Schema, b':') => SchemaSlash,
            (Schema, b) if b.is_ascii_alphabetic() => Schema,
            (SchemaSlash, b'/') => SchemaSlashSlash,
            (SchemaSlashSlash, b'/') => Server,
            (Schema | SchemaSlash | SchemaSlashSlash, _) => return Err(e::URL_SCHEMA),
            (ServerAt, b'@') => return Err(e::URL_DOUBLE_AT),
            (Server | ServerAt, b'/') => Path,
            (Server | ServerAt, b'?') => Query,
            (Server, b'@') => ServerAt,
            (Server | ServerAt, b) if is_userinfo(b) || b == b'[' || b == b']' => Server,
            (Server | ServerAt, _) => return Err(e::URL_SERVER),
            (Path, b'?') => Query,
            (Path | Query, b'#') => FragmentStart,
            (FragmentStart, b'?') => Fragment,
            (FragmentStart, b'#') => FragmentStart,
            (FragmentStart, b) if is_url_char(b) => Fragment,
            (FragmentStart | Fragment, _) => return Err(e::URL_FRAGMENT_START),
            (Path, _) => return Err(e::URL_PATH),
            (Query, _) => return Err(e::URL_QUERY),
            
        };
        self.head_bytes += 1;
        self.url.push(byte);
        self.state = State::Url(next);
        *pos += 1;
        self.track_url(*pos == data.len())?;
        Ok(true)
    }

    fn protocol(&mut self, byte: u8) -> Result<(), ParseError> {
        if byte == b' ' && self.kind == REQUEST && self.token.is_empty() {
            return Ok(());
        }
        self.token.push(byte);
        let names: &[&[u8]] = &[b"HTTP/", b"RTSP/", b"ICE/"];
        if names.contains(&self.token.as_slice()) {
            if self.kind == REQUEST {
                match self.token[0] {
                    b'H' if !method::is_http(self.method) => return Err(e::METHOD_FOR_HTTP),
                    b'R' if !method::is_rtsp(self.method) => return Err(e::METHOD_FOR_RTSP),
                    b'I' if self.method != method::SOURCE => return Err(e::METHOD_FOR_ICE),
                    _ => {}
                }
            }
            self.token.clear();
            self.state = State::Major;
            return Ok(());
        }
        if names.iter().any(|n| n.starts_with(&self.token)) {
            return Ok(());
        }
        Err(e::PROTOCOL)
    }

    fn header(&mut self, byte: u8, data: &[u8], pos: &mut usize) -> Result<Progress, ParseError> {
        use State::*;
        match self.state {
            FieldStart => match byte {
                b'\r' => self.state = HeadLf,
                b'\n' => {
                    if !self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
                        return past(pos, e::HEADER_FIELD);
                    }
                    self.end_of_fields();
                }
                b':' => return Err(e::HEADER_TOKEN),
                b' ' if self.pairs.is_empty() && !self.flushed && !self.flags.trailing => {
                    if !self.allows(lenient::HEADERS) {
                        return past(pos, e::HEADER_SPACE_AFTER_START);
                    }
                }
                _ => {
                    self.field.clear();
                    self.value.clear();
                    self.special = Special::None;
                    self.state = Field;
                    if self.pairs.len() == BATCH {
                        let batch = self.batch();
                        return Ok(Progress::Event(batch));
                    }
                    return Ok(Progress::Same);
                }
            },
            Field => {
                let len = data[*pos..].iter().position(|b| !is_token(*b)).unwrap_or(data.len() - *pos);
                self.field.extend_from_slice(&data[*pos..*pos + len]);
                *pos += len;
                self.track(len, pos, data)?;
                match data.get(*pos) {
                    None => return Ok(Progress::Same),
                    Some(b':') => {
                        *pos += 1;
                        self.field_done()?;
                        self.state = ValueStart;
                        return Ok(Progress::Same);
                    }
                    Some(_) => return Err(e::HEADER_TOKEN),
                }
            }
            ValueStart => match byte {
                b' ' | b'\t' => {}
                b'\r' => self.state = ValueStartLf,
                b'\n' => {
                    if !self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
                        return past(pos, e::HEADER_VALUE);
                    }
                    self.state = ValueStartNext;
                }
                _ => {
                    self.value_begins(pos)?;
                    self.state = Value;
                    return Ok(Progress::Same);
                }
            },
            ValueStartLf => {
                self.state = ValueStartNext;
                if byte != b'\n' {
                    return if self.allows(lenient::HEADERS) { Ok(Progress::Same) } else { Err(e::LF_AFTER_RESPONSE_LINE) };
                }
            }
            ValueStartNext => match byte {
                b' ' | b'\t' if self.allows(lenient::HEADERS) => self.state = ValueStart,
                b' ' | b'\t' => return past(pos, e::HEADER_VALUE),
                _ => {
                    self.value_done()?;
                    self.state = FieldStart;
                    return Ok(Progress::Same);
                }
            },
            Value => {
                let relaxed = self.allows(lenient::HEADERS);
                let stop = |b: &u8| matches!(*b, b'\r' | b'\n') || (!relaxed && !is_header_char(*b));
                let len = data[*pos..].iter().position(stop).unwrap_or(data.len() - *pos);
                if self.special == Special::ContentLength
                    && let Some((at, error)) = self.length_digits(&data[*pos..*pos + len])
                {
                    *pos += at;
                    return Err(error);
                }
                if self.special == Special::TransferEncoding
                    && let Some(comma) = self.comma_after_chunked(&data[*pos..*pos + len])
                {
                    *pos += comma + 1;
                    return Err(e::CHUNKED_NOT_LAST);
                }
                self.value.extend_from_slice(&data[*pos..*pos + len]);
                *pos += len;
                self.track(len, pos, data)?;
                match data.get(*pos) {
                    None => return Ok(Progress::Same),
                    Some(b'\r') => self.state = ValueLf,
                    Some(b'\n') if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = ValueNext,
                    Some(b'\n') => return Err(e::CR_AFTER_HEADER),
                    Some(_) => return Err(e::HEADER_VALUE),
                }
            }
            ValueLf => {
                if byte != b'\n' {
                    return Err(e::LF_AFTER_HEADER);
                }
                self.state = ValueNext;
            }
            ValueNext => match byte {
                b' ' | b'\t' if self.allows(lenient::HEADERS) => {
                    // The fold is a part of the value.
                    self.state = Value;
                    return Ok(Progress::Same);
                }
                b' ' | b'\t' => return Err(e::FOLDED_HEADER),
                _ => {
                    self.value_done()?;
                    self.state = FieldStart;
                    return Ok(Progress::Same);
                }
            },
            HeadLf => {
                if byte != b'\n' && !self.allows(lenient::OPTIONAL_LF_AFTER_CR) {
                    return Err(e::LF_AFTER_HEADERS);
                }
                self.end_of_fields();
                if byte != b'\n' {
                    return Ok(Progress::Same);
                }
            }
            _ => {}
        }
        Ok(Progress::Next)
    }

    fn end_of_fields(&mut self) {
        self.state = if self.flags.trailing { State::TrailersFlushed } else { State::HeadDone };
    }

    fn field_done(&mut self) -> Result<(), ParseError> {
        self.special = match self.field.len() {
            14 if self.field.eq_ignore_ascii_case(b"content-length") => Special::ContentLength,
            17 if self.field.eq_ignore_ascii_case(b"transfer-encoding") => Special::TransferEncoding,
            10 if self.field.eq_ignore_ascii_case(b"connection") => Special::Connection,
            16 if self.field.eq_ignore_ascii_case(b"proxy-connection") => Special::Connection,
            7 if self.field.eq_ignore_ascii_case(b"upgrade") => Special::Upgrade,
            _ => Special::None,
        };
        match self.special {
            Special::ContentLength
                if self.flags.transfer_encoding && !self.allows(lenient::CHUNKED_LENGTH) => {
                    return Err(e::LENGTH_WITH_ENCODING);
                }
            Special::TransferEncoding
                if self.flags.content_length && !self.allows(lenient::CHUNKED_LENGTH) => {
                    return Err(e::ENCODING_WITH_LENGTH);
                }
            Special::Upgrade => self.flags.upgrade = true,
            _ => {}
        }
        Ok(())
    }

    /// The first character of a value that is not empty.
    fn value_begins(&mut self, pos: &mut usize) -> Result<(), ParseError> {
        match self.special {
            Special::ContentLength if self.flags.content_length => return Err(e::CONTENT_LENGTH_TWICE),
            Special::ContentLength => self.length = 0,
            Special::TransferEncoding => {
                if self.flags.chunked && self.kind == REQUEST && !self.allows(lenient::TRANSFER_ENCODING) {
                    *pos += 1;
                    return Err(e::CHUNKED_NOT_LAST);
                }
                self.flags.transfer_encoding = true;
                self.flags.chunked = false;
            }
            _ => {}
        }
        Ok(())
    }

    /// Where a comma follows `chunked`, which must be the last coding of a request.
    fn comma_after_chunked(&self, piece: &[u8]) -> Option<usize> {
        if self.kind != REQUEST || self.allows(lenient::TRANSFER_ENCODING) {
            return None;
        }
        (0..piece.len()).filter(|at| piece[*at] == b',').find(|at| {
            let before: Vec<u8> = [&self.value, &piece[..*at]].concat();
            let last = before.rsplit(|b| *b == b',').next().unwrap_or_default();
            last.trim_ascii().eq_ignore_ascii_case(b"chunked")
        })
    }

    /// Adds the digits of a piece of a Content-Length; the offset of a byte that may not be there.
    fn length_digits(&mut self, piece: &[u8]) -> Option<(usize, ParseError)> {
        for (at, &byte) in piece.iter().enumerate() {
            let ended = self.value.last().or(at.checked_sub(1).and_then(|i| piece.get(i))).is_some_and(|b| *b == b' ');
            match digit(byte) {
                Some(digit) if !ended => {
                    let longer = self.length.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit)));
                    let Some(longer) = longer else { return Some((at + 1, e::CONTENT_LENGTH_OVERFLOW)) };
                    self.length = longer;
                }
                _ if byte == b' ' => {}
                _ => return Some((at, e::CONTENT_LENGTH)),
            }
        }
        None
    }

    fn value_done(&mut self) -> Result<(), ParseError> {
        while matches!(self.value.last(), Some(b' ' | b'\t')) {
            self.value.pop();
        }
        match self.special {
            Special::ContentLength => {
                if self.value.is_empty() {
                    return Err(e::CONTENT_LENGTH_EMPTY);
                }
                self.flags.content_length = true;
            }
            Special::TransferEncoding if !self.value.is_empty() => {
                let last = self.value.rsplit(|b| *b == b',').next().unwrap_or_default();
                self.flags.chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
            }
            Special::Connection => {
                for option in self.value.split(|b| *b == b',') {
                    let option = option.trim_ascii();
                    self.flags.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                    self.flags.close |= option.eq_ignore_ascii_case(b"close");
                    self.flags.connection_upgrade |= option.eq_ignore_ascii_case(b"upgrade");
                }
            }
            _ => {}
        }
        self.pairs.push((std::mem::take(&mut self.field), std::mem::take(&mut self.value)));
        Ok(())
    }

    fn batch(&mut self) -> Event {
        self.flushed = true;
        Event::Headers { pairs: std::mem::take(&mut self.pairs), url: std::mem::take(&mut self.url) }
    }

    /// The event of a complete head; a batch comes first when some were handed on before.
    fn head(&mut self) -> Event {
        // A parser that handed on a batch once does so ever after: the library's own state relies on it.
        if self.flushed && self.state == State::HeadDone {
            self.state = State::HeadFlushed;
            return self.batch();
        }
        let headers = (!self.flushed).then(|| (std::mem::take(&mut self.pairs), self.url.clone()));
        self.upgrade = if self.flags.upgrade && self.flags.connection_upgrade {
            self.kind == REQUEST || self.status == 101
        } else {
            self.kind == REQUEST && self.method == method::CONNECT
        };
        self.head_complete = true;
        self.head_bytes = 0;
        self.state = State::AwaitVerdict;
        Event::Head(Head {
            request: self.kind == REQUEST,
            major: self.major,
            minor: self.minor,
            headers,
            method: self.method,
            status: self.status,
            reason: std::mem::take(&mut self.reason),
            upgrade: self.upgrade,
            keep_alive: self.keep_alive(),
        })
    }

    /// How the body is framed (RFC 9112, section 6.3).
    fn after_head(&mut self) -> Result<(), ParseError> {
        let response = self.kind == RESPONSE;
        let has_body = self.flags.chunked || self.length > 0;
        let connect = !response && self.method == method::CONNECT;
        if (self.upgrade && (connect || self.flags.skip_body || !has_body)) || (response && self.status == 101) {
            self.switched = true;
            self.state = State::Complete;
        } else if self.flags.skip_body || (response && matches!(self.status, 100 | 102 | 103 | 204 | 304)) {
            self.state = State::Complete;
        } else if self.flags.chunked {
            self.state = State::ChunkStart;
        } else if self.flags.transfer_encoding {
            if !response && !self.allows(lenient::CHUNKED_LENGTH | lenient::TRANSFER_ENCODING) {
                return Err(e::TRANSFER_ENCODING);
            }
            self.until_eof();
        } else if self.flags.content_length {
            self.rest = self.length;
            self.state = if self.length == 0 { State::Complete } else { State::FixedBody };
        } else if self.needs_eof() {
            self.until_eof();
        } else {
            self.state = State::Complete;
        }
        Ok(())
    }

    fn until_eof(&mut self) {
        self.finish = Finish::Completes;
        self.state = State::EofBody;
    }

    fn needs_eof(&self) -> bool {
        if self.kind == REQUEST || self.flags.skip_body {
            return false;
        }
        if self.status / 100 == 1 || matches!(self.status, 204 | 304) {
            return false;
        }
        if self.flags.transfer_encoding && !self.flags.chunked {
            return true;
        }
        !(self.flags.chunked || self.flags.content_length)
    }

    fn keep_alive(&self) -> bool {
        let wanted = if self.major > 0 && self.minor > 0 { !self.flags.close } else { self.flags.keep_alive };
        wanted && !self.needs_eof()
    }

    fn after_message(&mut self) {
        let stays = self.keep_alive() || self.allows(lenient::KEEP_ALIVE);
        self.finish = Finish::Safe;
        self.flags = Flags::default();
        self.state = if stays { State::Start } else { State::Closed };
    }

    /// True when the byte is to be read again in the new state.
    fn chunk(&mut self, byte: u8, pos: &mut usize) -> Result<bool, ParseError> {
        use State::*;
        match self.state {
            ChunkStart => {
                self.rest = u64::from(hex_digit(byte).ok_or(e::CHUNK_SIZE)?);
                self.extension_bytes = 0;
                self.state = ChunkSize;
            }
            ChunkSize => match byte {
                b'\r' => self.state = ChunkSizeLf,
                b'\n' if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = ChunkSizeLf,
                b'\n' => return past(pos, e::CR_AFTER_CHUNK_SIZE),
                b';' => self.state = ChunkExtension,
                b' ' if self.allows(lenient::SPACES_AFTER_CHUNK_SIZE) => self.state = ChunkSpace,
                b => {
                    let Some(digit) = hex_digit(b) else { return past(pos, e::CHUNK_SIZE) };
                    let longer = self.rest.checked_mul(16).and_then(|n| n.checked_add(u64::from(digit)));
                    let Some(longer) = longer else { return past(pos, e::CHUNK_SIZE_OVERFLOW) };
                    self.rest = longer;
                }
            },
            ChunkSpace => match byte {
                b' ' => {}
                b'\r' => self.state = ChunkSizeLf,
                b';' => self.state = ChunkExtension,
                _ => return Err(e::CHUNK_SIZE),
            },
            ChunkExtension | ChunkName | ChunkValue | ChunkQuoted | ChunkQuotedPair | ChunkQuotedEnd => {
                self.extension(byte, pos)?;
            }
            ChunkSizeLf => {
                if byte != b'\n' {
                    if !self.allows(lenient::OPTIONAL_LF_AFTER_CR) {
                        return Err(e::LF_AFTER_CHUNK_SIZE);
                    }
                    self.chunk_sized();
                    return Ok(true);
                }
                self.chunk_sized();
            }
            ChunkBodyCr => match byte {
                b'\r' => self.state = ChunkBodyLf,
                b'\n' if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => self.state = ChunkStart,
                b'\n' => return past(pos, e::CR_AFTER_CHUNK_DATA),
                _ if self.allows(lenient::OPTIONAL_CRLF_AFTER_CHUNK) => {
                    self.state = ChunkStart;
                    return Ok(true);
                }
                _ => return Err(e::LF_AFTER_CHUNK_DATA),
            },
            ChunkBodyLf => {
                if byte != b'\n' {
                    if !self.allows(lenient::OPTIONAL_CRLF_AFTER_CHUNK) {
                        return Err(e::LF_AFTER_CHUNK_DATA);
                    }
                    self.state = ChunkStart;
                    return Ok(true);
                }
                self.state = ChunkStart;
            }
            // Every other state has its own arm in `advance`.
            _ => return Ok(true),
        }
        Ok(false)
    }

    fn chunk_sized(&mut self) {
        self.head_bytes = 0;
        if self.rest == 0 {
            self.flags.trailing = true;
            self.state = State::FieldStart;
        } else {
            self.state = State::ChunkBody;
        }
    }

    fn extension(&mut self, byte: u8, pos: &mut usize) -> Result<(), ParseError> {
        use State::*;
        let before = self.state;
        self.state = match (before, byte) {
            (ChunkExtension, b' ' | b'\r' | b'\n') => return past(pos, e::CHUNK_EXTENSIONS),
            (ChunkExtension, b'=') => ChunkValue,
            (ChunkExtension, b) if is_token(b) => ChunkName,
            (ChunkExtension, _) => return Err(e::CHUNK_EXTENSION_NAME),
            (ChunkName | ChunkValue | ChunkQuotedEnd, b';') => ChunkExtension,
            (ChunkName | ChunkValue | ChunkQuotedEnd, b'\r') => ChunkSizeLf,
            (ChunkName | ChunkValue | ChunkQuotedEnd, b'\n') => {
                if !self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
                    let in_name = before == ChunkName;
                    return Err(if in_name { e::CR_AFTER_CHUNK_EXTENSION } else { e::CR_AFTER_CHUNK_VALUE });
                }
                self.chunk_sized();
                return Ok(());
            }
            (ChunkName, b'=') => ChunkValue,
            (ChunkName, b) if is_token(b) => ChunkName,
            (ChunkName, _) => return Err(e::CHUNK_EXTENSION_NAME),
            (ChunkValue, b'"') => ChunkQuoted,
            (ChunkValue, b) if is_token(b) => ChunkValue,
            (ChunkValue, _) => return past(pos, e::CHUNK_EXTENSION_VALUE),
            (ChunkQuoted, b'"') => ChunkQuotedEnd,
            (ChunkQuoted, b'\\') => ChunkQuotedPair,
            (ChunkQuoted | ChunkQuotedPair, b) if is_header_char(b) => ChunkQuoted,
            (ChunkQuotedEnd, _) => return Err(e::CHUNK_EXTENSION_QUOTE),
            (_, _) => return past(pos, e::CHUNK_EXTENSION_QUOTED),
        };
        if !matches!(self.state, ChunkSizeLf | ChunkExtension) {
            self.extension_bytes += 1;
            if self.extension_bytes > MAX_CHUNK_EXTENSIONS {
                return Err(e::CHUNK_EXTENSIONS_OVERFLOW);
            }
        }
        Ok(())
    }

    /// Counts a span of the head, which ends at `pos`, against the limit.
    fn track(&mut self, len: usize, pos: &mut usize, data: &[u8]) -> Result<(), ParseError> {
        self.head_bytes += len;
        if self.head_bytes < self.limit {
            return Ok(());
        }
        // The byte that ended the span counts as parsed.
        *pos += usize::from(*pos < data.len());
        Err(e::HEADER_OVERFLOW)
    }

    /// Counts a piece of the URL; as llhttp, which sees the URL's end as one span's, judges it when that or the piece ends.
    fn track_url(&mut self, end: bool) -> Result<(), ParseError> {
        if end && self.head_bytes >= self.limit { Err(e::HEADER_OVERFLOW) } else { Ok(()) }
    }
}

/// The byte at `pos` is wrong, and counts as parsed.
fn past<T>(pos: &mut usize, error: ParseError) -> Result<T, ParseError> {
    *pos += 1;
    Err(error)
}

enum Progress {
    /// The byte is consumed.
    Next,
    /// The byte at `pos` is still to be read.
    Same,
    Event(Event),
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|d| d as u8)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_header_char(byte: u8) -> bool {
    byte == b'\t' || (byte >= 32 && byte != 127)
}

fn is_url_char(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#')
}

fn is_userinfo(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()%;:&=+$,".contains(&byte)
}
