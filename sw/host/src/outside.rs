//! What JavaScript provides: a method for each kind of effect.

use js_sys::Uint8Array;
use porthole_abi::wire::{List, Wire};
use porthole_kernel::Effect;
use porthole_kernel::event::Header;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Outside")]
    pub type Outside;

    #[wasm_bindgen(method, structural)]
    pub fn log(this: &Outside, records: Vec<u8>, count: u32);
    /// A commit begins: its chunks follow, each by `chunk`, and then `committed`.
    #[wasm_bindgen(method, structural)]
    pub fn commit(this: &Outside, number: f64, transaction: Vec<u8>, dropped: Vec<f64>);
    #[wasm_bindgen(method, structural)]
    pub fn chunk(this: &Outside, id: f64, data: Uint8Array);
    #[wasm_bindgen(method, structural)]
    pub fn committed(this: &Outside);
    #[wasm_bindgen(method, structural)]
    pub fn load(this: &Outside, chunks: Vec<f64>);
    #[wasm_bindgen(method, structural)]
    pub fn reply(this: &Outside, pid: i32, frames: Vec<u8>);
    #[wasm_bindgen(method, structural)]
    pub fn notify(this: &Outside, pid: i32, frame: Vec<u8>);
    #[wasm_bindgen(method, structural)]
    pub fn spawn(this: &Outside, pid: i32);
    #[wasm_bindgen(method, structural)]
    pub fn terminate(this: &Outside, pid: i32);
    #[wasm_bindgen(method, structural, js_name = httpHead)]
    pub fn http_head(this: &Outside, id: f64, status: u16, reason: Vec<u8>, headers: Vec<u8>, body: bool);
    #[wasm_bindgen(method, structural, js_name = httpBody)]
    pub fn http_body(this: &Outside, id: f64, data: Vec<u8>);
    #[wasm_bindgen(method, structural, js_name = httpEnd)]
    pub fn http_end(this: &Outside, id: f64);
    #[wasm_bindgen(method, structural, js_name = httpFail)]
    pub fn http_fail(this: &Outside, id: f64, reason: &str);
    #[wasm_bindgen(method, structural, js_name = httpWant)]
    pub fn http_want(this: &Outside, id: f64, bytes: u32);
    #[wasm_bindgen(method, structural)]
    pub fn fetch(this: &Outside, id: f64, method: Vec<u8>, url: Vec<u8>, headers: Vec<u8>, body: bool);
    #[wasm_bindgen(method, structural, js_name = fetchBody)]
    pub fn fetch_body(this: &Outside, id: f64, data: Vec<u8>, last: bool);
    #[wasm_bindgen(method, structural, js_name = fetchAbort)]
    pub fn fetch_abort(this: &Outside, id: f64);
    #[wasm_bindgen(method, structural)]
    pub fn get(this: &Outside, id: f64, url: Vec<u8>, from: f64, len: f64, most: f64);
    #[wasm_bindgen(method, structural)]
    pub fn timer(this: &Outside, at: Option<f64>);
    #[wasm_bindgen(method, structural)]
    pub fn fault(this: &Outside, message: &str);
}

/// Hands effects out: the log's records first, all at once, and replies to one process together where nothing is between them.
/// A call across this border costs as much as what most calls do in the kernel.
pub fn carry_out(outside: &Outside, effects: &mut Vec<Effect>) {
    log(outside, effects);
    let mut replies: Option<(i32, Vec<u8>)> = None;
    for effect in effects.drain(..) {
        match (effect, &mut replies) {
            (Effect::Log { .. }, _) => {}
            (Effect::Reply { pid, frame }, Some((to, frames))) if *to == pid => frames.extend_from_slice(&frame),
            (effect, _) => {
                if let Some((pid, frames)) = replies.take() {
                    outside.reply(pid, frames);
                }
                match effect {
                    Effect::Reply { pid, frame } => replies = Some((pid, frame)),
                    effect => carry_out_one(outside, effect),
                }
            }
        }
    }
    if let Some((pid, frames)) = replies {
        outside.reply(pid, frames);
    }
}

/// One record is handed out as it is, several each behind its length.
fn log(outside: &Outside, effects: &mut [Effect]) {
    let mut records: Vec<&mut Vec<u8>> =
        effects.iter_mut().filter_map(|effect| if let Effect::Log { record } = effect { Some(record) } else { None }).collect();
    match records.as_mut_slice() {
        [] => {}
        [only] => outside.log(std::mem::take(*only), 1),
        several => {
            let mut joined = Vec::with_capacity(several.iter().map(|record| 4 + record.len()).sum());
            for record in several.iter() {
                (record.len() as u32).put(&mut joined);
                joined.extend_from_slice(record);
            }
            outside.log(joined, several.len() as u32);
        }
    }
}

/// Ids and times are below 2^53, so that they are JavaScript's numbers.
fn carry_out_one(outside: &Outside, effect: Effect) {
    match effect {
        Effect::Log { .. } => {}
        Effect::Commit(commit) => {
            outside.commit(commit.number as f64, commit.transaction, commit.dropped.iter().map(|id| *id as f64).collect());
            // One by one, straight from where they are.
            for (id, data) in commit.chunks {
                outside.chunk(id as f64, Uint8Array::from(data.as_slice()));
            }
            outside.committed();
        }
        Effect::Load { chunks } => outside.load(chunks.iter().map(|id| *id as f64).collect()),
        Effect::Reply { pid, frame } => outside.reply(pid, frame),
        Effect::Notify { pid, frame } => outside.notify(pid, frame),
        Effect::Spawn { pid } => outside.spawn(pid),
        Effect::Terminate { pid } => outside.terminate(pid),
        Effect::HttpHead { id, status, reason, headers, body } => outside.http_head(id as f64, status, reason, put_headers(headers), body),
        Effect::HttpBody { id, data } => outside.http_body(id as f64, data),
        Effect::HttpEnd { id } => outside.http_end(id as f64),
        Effect::HttpFail { id, reason } => outside.http_fail(id as f64, &reason),
        Effect::HttpWant { id, bytes } => outside.http_want(id as f64, bytes),
        Effect::Fetch { id, method, url, headers, body } => outside.fetch(id as f64, method, url, put_headers(headers), body),
        Effect::FetchBody { id, data, last } => outside.fetch_body(id as f64, data, last),
        Effect::FetchAbort { id } => outside.fetch_abort(id as f64),
        Effect::Get { id, url, from, len, most } => outside.get(id as f64, url, from as f64, len as f64, most as f64),
        Effect::Timer { at } => outside.timer(at.map(|at| at as f64)),
        Effect::Fault { message } => outside.fault(&message),
    }
}

fn put_headers(headers: Vec<Header>) -> Vec<u8> {
    let mut out = Vec::new();
    List(headers).put(&mut out);
    out
}
