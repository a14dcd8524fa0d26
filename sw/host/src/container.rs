//! One container's machine, with a method for each kind of event.

use porthole_abi::frame;
use porthole_abi::wire::{List, Reader, Wire};
use porthole_kernel::event::{Header, HttpRequest};
use porthole_kernel::vfs::image::Answer;
use porthole_kernel::vfs::journal::Files;
use porthole_kernel::{Config, Effect, Event, Machine, Millis};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::outside::{Outside, carry_out};

/// A container. `now` is milliseconds since 1970; headers are the abi's `Header[]`.
#[wasm_bindgen]
pub struct Container {
    machine: Machine,
    outside: Outside,
    effects: Vec<Effect>,
}

#[wasm_bindgen]
impl Container {
    /// A machine before its first record, with files of a former life if there are any. `name` stands in the addresses of its ports. Say `boot` next, or
    /// `replay` the log that followed.
    ///
    /// # Errors
    /// What is wrong with the files' journal.
    #[wasm_bindgen(constructor)]
    pub fn new(outside: Outside, name: String, files: Journal) -> Result<Self, JsError> {
        let config = Config { name, ..Config::default() };
        Ok(Self { machine: Machine::from_files(config, files.0)?, outside, effects: Vec::new() })
    }

    /// A machine as it was. `replay` the log that followed, then say `epoch`.
    ///
    /// # Errors
    /// What is wrong with the checkpoint.
    pub fn restore(outside: Outside, state: &[u8]) -> Result<Self, JsError> {
        Ok(Self { machine: Machine::restore(state)?, outside, effects: Vec::new() })
    }

    /// Says that commits up to this one are kept outside already.
    pub fn knows(&mut self, commit: f64) {
        self.machine.knows(commit as u64);
    }

    /// A record of the log again. Answers which chunks it needs that are not here: nothing has happened then, and it is to be repeated after `fill`.
    /// Without effects, but for commits that nobody knows yet.
    ///
    /// # Errors
    /// When the bytes are not a record.
    pub fn replay(&mut self, record: &[u8]) -> Result<Vec<f64>, JsError> {
        let missing = self.machine.replay(record, &mut self.effects).map_err(|_| JsError::new("a record of the log is malformed"))?;
        self.carry_out();
        Ok(missing.iter().map(|id| *id as f64).collect())
    }

    /// A chunk that `replay` needs.
    ///
    /// # Errors
    /// When it is another one.
    pub fn fill(&mut self, id: f64, data: Vec<u8>) -> Result<(), JsError> {
        if self.machine.fill(id as u64, data) { Ok(()) } else { Err(JsError::new(&format!("chunk {} is not what it was", id as u64))) }
    }

    /// The first event. `seed` feeds every name that the machine makes up.
    pub fn boot(&mut self, now: f64, seed: u64) {
        self.handle(now, Event::Boot { seed });
    }

    /// The state now, and the commit at which it stands: hand them to the log's keeper, who then begins the log anew.
    pub fn checkpoint(&mut self, now: f64) -> Checkpoint {
        let checkpoint = self.machine.checkpoint(now as Millis, &mut self.effects);
        self.carry_out();
        Checkpoint(checkpoint)
    }

    /// All files as a checkpoint has just committed them; undefined when something has changed since.
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        self.machine.snapshot()
    }

    /// What another container begins with; undefined when something has changed meanwhile.
    pub fn fork(&mut self, now: f64) -> Option<Fork> {
        let fork = self.machine.fork(now as Millis, &mut self.effects);
        self.carry_out();
        fork.map(Fork)
    }

    /// A chunk that `load` asked for; undefined: it cannot be had.
    pub fn loaded(&mut self, now: f64, id: f64, data: Option<Vec<u8>>) {
        self.machine.loaded(now as Millis, id as u64, data, &mut self.effects);
        self.carry_out();
    }

    /// The answer to `get`; of headers their values, empty where there are none.
    #[allow(clippy::too_many_arguments)]
    pub fn got(&mut self, now: f64, id: f64, status: u16, etag: &str, modified: &str, range: &str, body: &[u8]) {
        let answer = Answer { status, etag: etag.as_bytes(), modified: modified.as_bytes(), range: range.as_bytes(), body };
        self.machine.got(now as Millis, id as u64, Ok(answer), &mut self.effects);
        self.carry_out();
    }

    /// There is no answer to `get`, and why, in words.
    #[wasm_bindgen(js_name = gotNothing)]
    pub fn got_nothing(&mut self, now: f64, id: f64, reason: String) {
        self.machine.got(now as Millis, id as u64, Err(reason), &mut self.effects);
        self.carry_out();
    }

    /// Commits up to this one are safe, or could not be made so.
    pub fn durable(&mut self, now: f64, commit: f64, failed: bool) {
        self.handle(now, Event::Durable { commit: commit as u64, failed });
    }

    /// So many bytes may all files take.
    pub fn quota(&mut self, now: f64, bytes: f64) {
        self.handle(now, Event::Quota { bytes: bytes as u64 });
    }

    /// A message from a process: one frame or several. What is none is a frame, too, to which the machine says so.
    pub fn frames(&mut self, now: f64, pid: i32, message: Vec<u8>) {
        if frame::split(&message).is_ok_and(|(_, after)| after.is_empty()) {
            return self.handle(now, Event::Frame { pid, frame: message });
        }
        let mut rest = message.as_slice();
        while !rest.is_empty() {
            let (frame, after) = frame::split(rest).unwrap_or((rest, &[]));
            self.machine.handle(now as Millis, Event::Frame { pid, frame: frame.to_vec() }, &mut self.effects);
            rest = after;
        }
        self.carry_out();
    }

    pub fn lost(&mut self, now: f64, pid: i32, reason: &str) {
        self.handle(now, Event::Lost { pid, reason: reason.into() });
    }

    pub fn epoch(&mut self, now: f64, live: Vec<i32>) {
        self.handle(now, Event::Epoch { live });
    }

    pub fn timer(&mut self, now: f64) {
        self.handle(now, Event::Timer);
    }

    /// # Errors
    /// When `headers` is not the abi's `Header[]`.
    #[allow(clippy::too_many_arguments)]
    pub fn http(
        &mut self,
        now: f64,
        id: f64,
        port: u16,
        method: &str,
        target: &str,
        headers: &[u8],
        referrer: &str,
        body: bool,
    ) -> Result<(), JsError> {
        let headers = get_headers(headers)?;
        let request = HttpRequest { id: id as u64, port, method: method.into(), target: target.into(), headers, referrer: referrer.into(), body };
        self.handle(now, Event::Http(request));
        Ok(())
    }

    #[wasm_bindgen(js_name = httpBody)]
    pub fn http_body(&mut self, now: f64, id: f64, data: Vec<u8>, last: bool) {
        self.handle(now, Event::HttpBody { id: id as u64, data, last });
    }

    #[wasm_bindgen(js_name = httpPull)]
    pub fn http_pull(&mut self, now: f64, id: f64, bytes: u32) {
        self.handle(now, Event::HttpPull { id: id as u64, bytes });
    }

    #[wasm_bindgen(js_name = httpAbort)]
    pub fn http_abort(&mut self, now: f64, id: f64) {
        self.handle(now, Event::HttpAbort { id: id as u64 });
    }

    pub fn cookie(&mut self, now: f64, port: u16, target: &str, line: &str) {
        self.handle(now, Event::Cookie { port, target: target.into(), line: line.into() });
    }

    /// # Errors
    /// When `headers` is not the abi's `Header[]`.
    #[wasm_bindgen(js_name = fetchHead)]
    pub fn fetch_head(&mut self, now: f64, id: f64, status: u16, url: &str, text: &str, headers: &[u8]) -> Result<(), JsError> {
        let headers = get_headers(headers)?;
        self.handle(now, Event::FetchHead { id: id as u64, status, url: url.into(), text: text.into(), headers });
        Ok(())
    }

    #[wasm_bindgen(js_name = fetchBody)]
    pub fn fetch_body(&mut self, now: f64, id: f64, data: Vec<u8>, last: bool) {
        self.handle(now, Event::FetchBody { id: id as u64, data, last });
    }

    #[wasm_bindgen(js_name = fetchFail)]
    pub fn fetch_fail(&mut self, now: f64, id: f64, reason: &str) {
        self.handle(now, Event::FetchFail { id: id as u64, reason: reason.into() });
    }
}

impl Container {
    fn handle(&mut self, now: f64, event: Event) {
        self.machine.handle(now as Millis, event, &mut self.effects);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        carry_out(&self.outside, &mut self.effects);
    }
}

fn get_headers(bytes: &[u8]) -> Result<Vec<Header>, JsError> {
    let mut from = Reader::new(bytes);
    let List(headers) = List::get(&mut from).map_err(|_| JsError::new("the headers are malformed"))?;
    Ok(headers)
}

/// What another container begins with.
#[wasm_bindgen]
pub struct Fork(porthole_kernel::Fork);

#[wasm_bindgen]
impl Fork {
    /// Its first commit. Can be taken once.
    pub fn transaction(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0.transaction)
    }

    /// Numbers of all contents.
    pub fn chunks(&self) -> Vec<f64> {
        self.0.chunks.iter().map(|id| *id as f64).collect()
    }
}

/// Files of a former life, transaction by transaction.
#[wasm_bindgen]
#[derive(Default)]
pub struct Journal(Files);

#[wasm_bindgen]
impl Journal {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A snapshot, or the next transaction.
    ///
    /// # Errors
    /// What is wrong with it. The journal is empty then.
    pub fn apply(&mut self, transaction: &[u8]) -> Result<(), JsError> {
        self.0 = std::mem::take(&mut self.0).apply(transaction)?;
        Ok(())
    }
}

/// A checkpoint on its way out.
#[wasm_bindgen]
pub struct Checkpoint(porthole_kernel::Checkpoint);

#[wasm_bindgen]
impl Checkpoint {
    /// Can be taken once.
    pub fn state(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0.state)
    }

    pub fn commit(&self) -> f64 {
        self.0.commit as f64
    }
}
