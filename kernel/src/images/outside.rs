//! Asking other hosts, and what they answer.

use super::requests::What;
use crate::archive::index::INDEX_MAX;
use crate::archive::shown;
use crate::machine::Machine;
use crate::vfs::chunks::ChunkId;
use crate::vfs::image::{Answer, Piece, Taken};
use crate::{Effect, Event, Millis};

/// Chunks that are asked for together at most, and at first: where a file begins, and elsewhere.
const MOST: u64 = 16;
const AT_BEGIN: u64 = 4;
const ELSEWHERE: u64 = 1;

impl Machine {
    /// Answers an `Effect::Get`; an error is the host's reason why there is no answer, in words.
    pub fn got(&mut self, now: Millis, id: u64, answer: Result<Answer<'_>, String>, out: &mut Vec<Effect>) {
        self.volatile.now = now;
        match self.volatile.images.requests.open.remove(&id) {
            Some(What::Piece(piece)) => self.got_piece(&piece, answer),
            Some(What::Index(index, url)) => {
                let found = answer.and_then(|answer| match answer.status {
                    200 => Ok(answer.body.to_vec()),
                    status => Err(format!("the server answered {status}")),
                });
                self.volatile.images.requests.put_index(index, url, found.map_err(String::into_bytes));
                self.arrived(&[index], false);
            }
            None => {}
        }
        self.leave(out);
    }

    /// `run`: so many chunks are missing from its beginning on.
    pub(super) fn ask_piece(&mut self, piece: Piece, run: u64) {
        if self.volatile.parked.is_wanted(piece.first) {
            return;
        }
        let first = run.max(if piece.at == 0 { AT_BEGIN } else { ELSEWHERE });
        let count = self.volatile.images.requests.run(piece.file_id, piece.first, piece.chunks.min(MOST), first);
        let piece = piece.shortened(count);
        for id in piece.first..piece.first + piece.chunks {
            self.volatile.parked.want(id);
        }
        let (url, at, len, most) = (piece.url.clone(), piece.at, piece.len, piece.most);
        let id = self.volatile.images.requests.begin(What::Piece(piece));
        self.get(id, url, at, len, most);
    }

    fn got_piece(&mut self, piece: &Piece, answer: Result<Answer<'_>, String>) {
        let ids: Vec<ChunkId> = (piece.first..piece.first + piece.chunks).collect();
        match answer.and_then(|answer| self.state.vfs.judge(piece, &answer)) {
            Ok(Taken { chunks, state }) => {
                if let Some(state) = state {
                    self.apply(Event::WebState { chunk: piece.first, state });
                }
                for (id, data) in chunks {
                    self.state.vfs.put_piece(id, data, false);
                }
                self.arrived(&ids, false);
            }
            Err(words) => {
                let words = format!("{} cannot be read: {words}", shown(&piece.url));
                self.trouble(piece.image, &words);
                self.arrived(&ids, true);
            }
        }
    }

    /// Whether an index has to be waited for; it is asked for where that has not been done.
    pub(super) fn bring_index(&mut self, id: ChunkId) -> Option<bool> {
        if let Some((url, index)) = self.volatile.images.requests.take_index(id) {
            self.apply(Event::Index { url, index });
            return Some(false);
        }
        if self.volatile.parked.is_wanted(id) {
            return Some(true);
        }
        // A log has what came of asking.
        let url = self.volatile.images.address(id).filter(|_| !self.volatile.replaying)?;
        self.volatile.parked.want(id);
        let request = self.volatile.images.requests.begin(What::Index(id, url.clone()));
        self.get(request, url, 0, 0, INDEX_MAX as u64);
        Some(true)
    }
}
