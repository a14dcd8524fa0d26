//! What is tried: a few names that collide often, in all the ways in which paths can be written.

use porthole_abi::flags::*;

/// Bytes that are printed as text, and not at length.
#[derive(Clone)]
pub struct Text(pub Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head = String::from_utf8_lossy(&self.0[..self.0.len().min(60)]);
        if self.0.len() > 60 { write!(f, "{head:?}… ({} bytes)", self.0.len()) } else { write!(f, "{head:?}") }
    }
}

impl std::ops::Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Clone, Debug)]
pub enum Step {
    Open { slot: usize, path: Text, flags: u32, mode: u32 },
    Close { slot: usize },
    Read { slot: usize, len: u32, position: i64 },
    Write { slot: usize, data: Text, position: i64 },
    Seek { slot: usize, offset: i64, whence: u8 },
    Ftruncate { slot: usize, len: u64 },
    Fstat { slot: usize },
    Fchmod { slot: usize, mode: u32 },
    Stat { path: Text, follow: bool },
    Readdir { path: Text },
    Mkdir { path: Text, mode: u32 },
    Rmdir { path: Text },
    Unlink { path: Text },
    Rename { from: Text, to: Text, replace: bool },
    Link { from: Text, to: Text },
    Symlink { target: Text, path: Text },
    Readlink { path: Text },
    Realpath { path: Text },
    Access { path: Text, mode: u32 },
    Chmod { path: Text, mode: u32 },
    Utimes { path: Text, atime: i64, mtime: i64, follow: bool },
    Truncate { path: Text, len: u64 },
    Chdir { path: Text },
    Getcwd {},
}

pub const SLOTS: usize = 5;

/// Names that files mostly have.
pub const NAMES: [&[u8]; 4] = [b"a", b"b", b"c", b"d"];

/// What is mounted where, and whether for reading only, where there are mounts. The mount points stay while the mounts do.
pub const MOUNTS: &[(&[u8], &[u8], bool)] = &[(b"a", b"b", false), (b"a", b"c", true)];

pub struct Plan {
    state: u64,
    /// Every other seed goes easy on modes and paths, so that trees grow.
    gentle: bool,
    deadly: bool,
}

impl Plan {
    pub fn new(seed: u64) -> Self {
        let mut plan = Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d, gentle: seed % 2 == 1, deadly: seed % 3 == 1 };
        for _ in 0..4 {
            plan.below(2);
        }
        plan
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % limit
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn name(&mut self) -> Vec<u8> {
        match self.below(60) {
            0 => b".".to_vec(),
            1 | 2 => b"..".to_vec(),
            3 => vec![b'n'; 255],
            4 => vec![b'n'; 256],
            _ => self.pick(&NAMES).to_vec(),
        }
    }

    fn path(&mut self) -> Text {
        match self.below(200) {
            0 => return Text(Vec::new()),
            1 => return Text(b"/".to_vec()),
            2 => return Text(b"/a/".repeat(1500)),
            3 => return Text(b"./".repeat(2047)),
            _ => {}
        }
        let mut path = Vec::new();
        if self.one_in(5) {
            path.push(b'/');
        }
        let parts = 1 + self.below(if self.gentle { 2 } else { 3 }) + usize::from(self.one_in(6));
        for part in 0..parts {
            if part > 0 {
                path.push(b'/');
            }
            if self.one_in(30) {
                path.push(b'/');
            }
            path.extend(self.name());
        }
        if self.one_in(10) {
            path.push(b'/');
        }
        Text(path)
    }

    /// For `realpath`: the C library's begins at the root even where the working directory could be walked from.
    fn absolute_path(&mut self) -> Text {
        Text([b"/", self.path().0.as_slice()].concat())
    }

    fn mode(&mut self) -> u32 {
        if self.gentle && !self.one_in(20) {
            return self.pick(&[0o755, 0o777, 0o700, 0o644]);
        }
        self.pick(&[0o644, 0o755, 0o755, 0o777, 0o700, 0o600, 0o444, 0o555, 0o333, 0o000, 0o666, 0o1777])
    }

    fn data(&mut self) -> Text {
        let len = match self.below(6) {
            0 => 0,
            1 => 1 + self.below(200_000),
            _ => 1 + self.below(50),
        };
        Text(vec![b'a' + self.below(26) as u8; len])
    }

    fn length(&mut self) -> u64 {
        match self.below(5) {
            0 => 0,
            1 => self.below(300_000) as u64,
            2 => 65_536 * self.below(4) as u64,
            _ => self.below(100) as u64,
        }
    }

    fn flags(&mut self) -> u32 {
        let mut flags = self.pick(&[O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR, O_RDWR]);
        for (flag, times) in
            [(O_CREAT, if self.gentle { 1 } else { 2 }), (O_EXCL, 6), (O_TRUNC, 5), (O_APPEND, 5), (O_NOFOLLOW, 8), (O_DIRECTORY, 10)]
        {
            if self.one_in(times) {
                flags |= flag;
            }
        }
        // Without O_CREAT, what O_EXCL means is not defined.
        if flags & O_CREAT == 0 { flags & !O_EXCL } else { flags }
    }

    /// Whether our kernel dies before the next step.
    pub fn dies(&mut self) -> bool {
        self.deadly && self.one_in(20)
    }

    pub fn step(&mut self) -> Step {
        let slot = self.below(SLOTS);
        match self.below(41) {
            0..=6 => Step::Open { slot, path: self.path(), flags: self.flags(), mode: self.mode() },
            7 => Step::Close { slot },
            8 | 9 => {
                let position = if self.one_in(2) { -1 } else { self.length() as i64 };
                Step::Read { slot, len: self.length() as u32, position }
            }
            10..=12 => {
                let position = if self.one_in(2) { -1 } else { self.length() as i64 };
                Step::Write { slot, data: self.data(), position }
            }
            13 => {
                let offset = self.length() as i64;
                Step::Seek { slot, offset: if self.one_in(3) { -offset } else { offset }, whence: self.below(4) as u8 }
            }
            14 => Step::Ftruncate { slot, len: self.length() },
            15 => Step::Fstat { slot },
            16 => Step::Fchmod { slot, mode: self.mode() },
            17 | 18 => Step::Stat { path: self.path(), follow: self.one_in(2) },
            19 | 20 => Step::Readdir { path: self.path() },
            21..=24 => Step::Mkdir { path: self.path(), mode: self.mode() },
            25 => Step::Rmdir { path: self.path() },
            26 => Step::Unlink { path: self.path() },
            27..=29 => Step::Rename { from: self.path(), to: self.path(), replace: !self.one_in(5) },
            30 => Step::Link { from: self.path(), to: self.path() },
            31 | 32 => Step::Symlink { target: self.path(), path: self.path() },
            33 => Step::Readlink { path: self.path() },
            34 => Step::Realpath { path: self.absolute_path() },
            35 => Step::Access { path: self.path(), mode: self.below(9) as u32 },
            36 | 37 => Step::Chmod { path: self.path(), mode: self.mode() },
            38 => Step::Utimes { path: self.path(), atime: 1_000_000_007, mtime: self.length() as i64 * 1_000_000_000 + 5, follow: self.one_in(2) },
            39 if self.one_in(2) => Step::Chdir { path: self.path() },
            39 => Step::Getcwd {},
            _ => Step::Truncate { path: self.path(), len: self.length() },
        }
    }
}
