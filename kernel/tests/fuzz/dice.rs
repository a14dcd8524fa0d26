//! Randomness that comes again.

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.below(2);
        dice
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        let len = self.below(most + 1);
        (0..len).map(|_| self.below(256) as u8).collect()
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Words that mean something somewhere, strung together.
    pub fn words(&mut self, words: &[&[u8]], most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).flat_map(|_| self.pick(words).to_vec()).collect()
    }

    /// Bits flipped, pieces cut out, doubled or replaced, the end cut off.
    pub fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            let len = 1 + self.below((bytes.len() - at).min(16));
            match self.below(7) {
                0 | 1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..at + len)),
                4 => {
                    let noise = self.bytes(len);
                    bytes.splice(at..at + len, noise);
                }
                5 => {
                    let piece = bytes[at..at + len].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                // A length that is far too large, where a length may be.
                _ => {
                    let huge = [u32::MAX, 1 << 31, 1 << 24, 0x00ff_ffff][self.below(4)].to_le_bytes();
                    bytes.iter_mut().skip(at).zip(huge).for_each(|(byte, new)| *byte = new);
                }
            }
        }
    }

    /// `bytes` in pieces.
    pub fn cut<'a>(&mut self, mut bytes: &'a [u8]) -> Vec<&'a [u8]> {
        let mut pieces = Vec::new();
        let most = [1, 7, 100, 70_000][self.below(4)];
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at((1 + self.below(most)).min(bytes.len()));
            pieces.push(piece);
            bytes = rest;
        }
        pieces
    }
}
