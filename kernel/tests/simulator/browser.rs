//! The browser's side: requests, and what must hold of their answers.

use std::collections::{BTreeMap, BTreeSet};

use porthole_kernel::Effect;
use porthole_kernel::event::{Event, HttpRequest};

use crate::dice::Dice;

/// What a server answers to a request for so many bytes.
pub fn body(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

#[derive(Default)]
pub struct Browser {
    next: u64,
    running: BTreeMap<u64, Running>,
    pub answered: usize,
    pub failed: usize,
}

struct Running {
    len: usize,
    head: bool,
    got: Vec<u8>,
    /// More than this must not come.
    credit: usize,
    /// The request's body goes on, and so much of it is welcome.
    sending: bool,
    wanted: usize,
}

impl Browser {
    /// `open`: ports with a listener, as far as the page has heard.
    pub fn next(&mut self, dice: &mut Dice, open: &BTreeSet<u16>) -> Option<Event> {
        let ids: Vec<u64> = self.running.keys().copied().collect();
        if let Some(id) = dice.of(&ids).filter(|_| !dice.one_in(3)) {
            if dice.one_in(30) {
                self.running.remove(&id);
                return Some(Event::HttpAbort { id });
            }
            if let Some(running) = self.running.get_mut(&id) {
                if running.sending {
                    let len = dice.below(1000).min(running.wanted);
                    running.wanted -= len;
                    running.sending = !dice.one_in(4);
                    return Some(Event::HttpBody { id, data: vec![b'u'; len], last: !running.sending });
                }
                let bytes = dice.below(100_000);
                running.credit += bytes;
                return Some(Event::HttpPull { id, bytes: bytes as u32 });
            }
        }
        let open: Vec<u16> = open.iter().copied().filter(|port| *port >= 8000).collect();
        if open.is_empty() && !dice.one_in(20) {
            return None;
        }
        let port = dice.of(&open).filter(|_| !dice.one_in(20)).unwrap_or(8000);
        self.next += 1;
        let id = self.next;
        let len = if dice.one_in(8) { dice.below(200_000) } else { dice.below(4000) };
        let sending = dice.one_in(4);
        // As the bridge's first credit.
        self.running.insert(id, Running { len, head: false, got: vec![], credit: 64 << 10, sending, wanted: 0 });
        let method = if sending { b"POST".to_vec() } else { b"GET".to_vec() };
        let target = format!("/{len}").into_bytes();
        Some(Event::Http(HttpRequest { id, port, method, target, headers: vec![], referrer: vec![], body: sending }))
    }

    pub fn effect(&mut self, effect: &Effect) {
        let (Effect::HttpHead { id, .. }
        | Effect::HttpBody { id, .. }
        | Effect::HttpEnd { id }
        | Effect::HttpFail { id, .. }
        | Effect::HttpWant { id, .. }) = effect
        else {
            return;
        };
        let Some(running) = self.running.get_mut(id) else { return };
        match effect {
            Effect::HttpHead { status, .. } => {
                assert_eq!(*status, 200);
                assert!(!std::mem::replace(&mut running.head, true), "request {id} got two heads");
            }
            Effect::HttpBody { data, .. } => {
                assert!(running.head, "request {id} got a body without a head");
                running.got.extend_from_slice(data);
                assert!(running.got.len() <= running.credit, "request {id} got more than it had room for");
            }
            Effect::HttpEnd { .. } => {
                assert!(running.got == body(running.len), "request {id} got {} bytes, not the {} that were sent", running.got.len(), running.len);
                self.running.remove(id);
                self.answered += 1;
            }
            Effect::HttpFail { reason, .. } => {
                assert!(!reason.is_empty());
                if std::env::var_os("PORTHOLE_TRACE").is_some() {
                    eprintln!("request {id} failed: {reason}");
                }
                self.running.remove(id);
                self.failed += 1;
            }
            Effect::HttpWant { bytes, .. } => running.wanted += *bytes as usize,
            _ => {}
        }
    }

    /// A new kernel aborts what ran.
    pub fn epoch(&mut self) {
        self.running.clear();
    }

    pub fn still_running(&self) -> Vec<u64> {
        self.running.keys().copied().collect()
    }
}
