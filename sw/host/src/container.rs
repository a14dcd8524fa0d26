//! One container's machine, with a method for each kind of event.

use std::collections::BTreeMap;

use porthole_abi::wire::{List, Reader, Wire};
use porthole_kernel::event::{Header, HttpRequest};
use porthole_kernel::{Config, Effect, Event, Machine, Millis};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::outside::{Outside, carry_out};
use crate::record;

/// A container. `now` is milliseconds since 1970; headers are the abi's `Header[]`.
#[wasm_bindgen]
pub struct Container {
    machine: Machine,
    outside: Outside,
    effects: Vec<Effect>,
}

fn config(name: String) -> Config {
    Config { name, ..Config::default() }
}

#[wasm_bindgen]
impl Container {
    /// A new machine. `name` stands in the addresses of its ports; `seed` feeds every name that it makes up.
    #[wasm_bindgen(constructor)]
    pub fn new(outside: Outside, name: String, now: f64, seed: u64) -> Self {
        let mut container = Self { machine: Machine::new(config(name)), outside, effects: Vec::new() };
        container.handle(now, Event::Boot { seed });
        container
    }

    /// A machine as it was. Replay the log that followed, then say `epoch`. An empty `state` is a machine before its first record.
    ///
    /// # Errors
    /// What is wrong with the checkpoint.
    pub fn restore(outside: Outside, name: String, state: &[u8], mut chunks: Chunks) -> Result<Self, JsError> {
        let machine = if state.is_empty() { Machine::new(config(name)) } else { Machine::restore(state, &mut |id| chunks.0.remove(&id))? };
        Ok(Self { machine, outside, effects: Vec::new() })
    }

    /// A record of the log again, without its effects.
    ///
    /// # Errors
    /// When the bytes are not a record.
    pub fn replay(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let (now, event) = record::get(bytes).map_err(|_| JsError::new("a record of the log is malformed"))?;
        self.machine.handle(now, event, &mut self.effects);
        self.effects.clear();
        Ok(())
    }

    /// The state now: hand its parts to the log's keeper, who then begins the log anew.
    pub fn checkpoint(&mut self) -> Checkpoint {
        Checkpoint(self.machine.checkpoint())
    }

    pub fn frame(&mut self, now: f64, pid: i32, frame: Vec<u8>) {
        self.handle(now, Event::Frame { pid, frame });
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
        let now = now as Millis;
        if event.is_logged() {
            self.outside.log(record::put(now, &event));
        }
        self.machine.handle(now, event, &mut self.effects);
        for effect in self.effects.drain(..) {
            carry_out(&self.outside, effect);
        }
    }
}

fn get_headers(bytes: &[u8]) -> Result<Vec<Header>, JsError> {
    let mut from = Reader::new(bytes);
    let List(headers) = List::get(&mut from).map_err(|_| JsError::new("the headers are malformed"))?;
    Ok(headers)
}

/// Bodies of files for `restore`, by number.
#[wasm_bindgen]
#[derive(Default)]
pub struct Chunks(BTreeMap<u64, Vec<u8>>);

#[wasm_bindgen]
impl Chunks {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, id: f64, data: Vec<u8>) {
        self.0.insert(id as u64, data);
    }
}

/// A checkpoint on its way out. Each part can be taken once.
#[wasm_bindgen]
pub struct Checkpoint(porthole_kernel::Checkpoint);

#[wasm_bindgen]
impl Checkpoint {
    pub fn state(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0.state)
    }

    /// Chunks that are gone.
    pub fn dropped(&self) -> Vec<f64> {
        self.0.dropped_chunks.iter().map(|id| *id as f64).collect()
    }

    /// The number of the next new chunk, if there is another; `data` then yields it.
    pub fn next(&self) -> Option<f64> {
        self.0.new_chunks.last().map(|(id, _)| *id as f64)
    }

    pub fn data(&mut self) -> Vec<u8> {
        self.0.new_chunks.pop().map(|(_, data)| data).unwrap_or_default()
    }
}
