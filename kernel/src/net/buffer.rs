//! A bounded queue of bytes.

use std::collections::VecDeque;

use rkyv::{Archive, Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Buffer {
    bytes: VecDeque<u8>,
}

impl Buffer {
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn push(&mut self, data: &[u8]) {
        self.bytes.extend(data);
    }

    /// Takes up to `len` bytes.
    pub fn take(&mut self, len: usize) -> Vec<u8> {
        let len = len.min(self.bytes.len());
        let mut out = Vec::with_capacity(len);
        let (head, tail) = self.bytes.as_slices();
        let from_head = head.len().min(len);
        out.extend_from_slice(&head[..from_head]);
        out.extend_from_slice(&tail[..len - from_head]);
        self.bytes.drain(..len);
        if self.bytes.is_empty() {
            // An idle connection keeps no memory.
            self.bytes = VecDeque::new();
        }
        out
    }

    /// A copy of up to `len` bytes from the front.
    pub fn front(&self, len: usize) -> Vec<u8> {
        let (head, tail) = self.bytes.as_slices();
        let from_head = head.len().min(len);
        [&head[..from_head], &tail[..tail.len().min(len - from_head)]].concat()
    }

    pub fn clear(&mut self) {
        self.bytes = VecDeque::new();
    }
}
