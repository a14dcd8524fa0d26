//! What both sides answer, and our side.

use porthole_abi::flags::*;
use porthole_abi::{Errno, Stat, Syscalls};
use porthole_kernel::Event;

use crate::plan::{SLOTS, Step};
use crate::world::World;

/// What a call answered, as far as the two sides can agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Number(i64),
    /// Long data would drown the report.
    Data(usize, Vec<u8>),
    Names(Vec<(Vec<u8>, u8)>),
    File(Seen),
}

/// A file as `stat` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub mode: u32,
    pub nlink: u32,
    /// Of directories 0: theirs is the file system's own affair.
    pub size: u64,
    /// 0 where it is not one that `utimes` has set: the two sides have different clocks.
    pub mtime: i64,
}

impl Seen {
    pub fn new(mode: u32, nlink: u32, size: u64, mtime: i64) -> Self {
        let set = mtime < 1_000_000_000_000_000_000;
        Self { mode, nlink, size: if mode & S_IFMT == S_IFDIR { 0 } else { size }, mtime: if set { mtime } else { 0 } }
    }
}

/// One file at the end: path, what `stat` says, content or target, and the first path under which the same file was seen.
pub type Entry = (Vec<u8>, Seen, Vec<u8>, Vec<u8>);

pub trait Side {
    fn take(&mut self, step: &Step) -> Result<Answer, Errno>;
    fn tree(&mut self) -> Vec<Entry>;
}

/// A length that is not the one a file has: Linux's file systems disagree on whether cutting a file to its own length changes its times.
pub fn other_length(size: u64, len: u64) -> u64 {
    if size == len { len + 1 } else { len }
}

pub fn data(bytes: &[u8]) -> Answer {
    Answer::Data(bytes.len(), short(bytes))
}

/// Enough of some bytes to tell them from others: runs of equal bytes as byte and length.
pub fn short(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() < 300 {
        return bytes.to_vec();
    }
    let mut out = Vec::new();
    for run in bytes.chunk_by(|a, b| a == b) {
        out.push(run[0]);
        out.extend(run.len().to_string().bytes());
    }
    out
}

pub struct Ours {
    world: World,
    slots: [Option<i32>; SLOTS],
}

impl Ours {
    pub fn new() -> Self {
        let ours = Self { world: World::new(), slots: [None; SLOTS] };
        ours.clear();
        ours
    }

    /// Contents are kept in memory as little as can be.
    pub fn forgetful(&mut self) {
        self.world.machine.borrow_mut().set_cache(0);
    }

    /// The kernel dies and comes back from a checkpoint. What it needs of contents it has to ask for.
    pub fn die(&mut self) {
        self.world.reborn();
    }

    pub fn commit(&self) {
        self.world.event(Event::Commit);
    }

    /// The tab dies, and all that was open is closed: another life of the container has the files as they were committed.
    pub fn rise(&mut self) {
        self.world = self.world.risen();
        self.slots = [None; SLOTS];
        self.clear();
    }

    /// Removes what every container begins with.
    fn clear(&self) {
        let me = self.world.as_process(1);
        let mode = me.stat(b"/", 0).unwrap().stat.mode;
        me.chmod(b"/", 0o777, 0).unwrap();
        for entry in me.readdir(b"/", 0, 1000).unwrap().entries.0 {
            if entry.name.len() > 1 && entry.name[0] != b'n' {
                me.remove_tree(&[b"/", entry.name.as_slice()].concat()).unwrap();
            }
        }
        me.chmod(b"/", mode, 0).unwrap();
        me.umask(0o022).unwrap();
    }

    fn tree_below(&self, dir: &[u8], first: &mut Vec<(u64, Vec<u8>)>, out: &mut Vec<Entry>) {
        let me = self.world.as_process(1);
        let path_to = |name: &[u8]| [dir.strip_suffix(b"/").unwrap_or(dir), b"/", name].concat();
        let mode = me.stat(dir, 0).unwrap().stat.mode;
        me.chmod(dir, 0o777, 0).unwrap();
        for entry in me.readdir(dir, 0, u32::MAX).unwrap().entries.0 {
            let path = path_to(&entry.name);
            let stat = me.stat(&path, NOFOLLOW).unwrap().stat;
            assert_eq!((stat.ino, u32::from(entry.kind) << 12), (entry.ino, stat.mode & S_IFMT));
            let content = match stat.mode & S_IFMT {
                S_IFLNK => me.readlink(&path).unwrap().target,
                S_IFREG => {
                    me.chmod(&path, 0o777, 0).unwrap();
                    short(&me.read_file(&path, u32::MAX).unwrap().data)
                }
                _ => Vec::new(),
            };
            let known = first.iter().find(|(ino, _)| *ino == stat.ino).map(|(_, path)| path.clone());
            if known.is_none() {
                first.push((stat.ino, path.clone()));
            }
            // The mode was changed above where another name of the file came first.
            out.push((path.clone(), seen(&stat, known.is_some()), content, known.unwrap_or_default()));
            if stat.mode & S_IFMT == S_IFDIR {
                self.tree_below(&path, first, out);
            }
        }
        me.chmod(dir, mode, 0).unwrap();
    }
}

fn seen(stat: &Stat, touched: bool) -> Seen {
    Seen::new(if touched { stat.mode & S_IFMT } else { stat.mode }, stat.nlink, stat.size, stat.mtime)
}

impl Side for Ours {
    fn take(&mut self, step: &Step) -> Result<Answer, Errno> {
        let me = self.world.as_process(1);
        let fd = |slot: &usize| self.slots[*slot].ok_or(Errno::EBADF);
        Ok(match step {
            Step::Open { slot, path, flags, mode } => {
                let fd = me.open(path, *flags, *mode)?.fd;
                if let Some(old) = self.slots[*slot].replace(fd) {
                    me.close(old)?;
                }
                Answer::Nothing
            }
            Step::Close { slot } => {
                me.close(fd(slot)?)?;
                self.slots[*slot] = None;
                Answer::Nothing
            }
            Step::Read { slot, len, position: -1 } => data(&me.read(fd(slot)?, *len, -1)?.data),
            Step::Read { slot, len, position } => data(&me.pread(fd(slot)?, *len, *position)?.data),
            Step::Write { slot, data, position } => Answer::Number(me.write(fd(slot)?, data, *position)?.written.into()),
            Step::Seek { slot, offset, whence } => {
                let fd = fd(slot)?;
                // Where a directory stands is the file system's own affair.
                if me.fstat(fd)?.stat.mode & S_IFMT == S_IFDIR { Answer::Nothing } else { Answer::Number(me.seek(fd, *offset, *whence)?.position) }
            }
            Step::Ftruncate { slot, len } => {
                me.ftruncate(fd(slot)?, *len)?;
                Answer::Nothing
            }
            Step::Fstat { slot } => Answer::File(seen(&me.fstat(fd(slot)?)?.stat, false)),
            Step::Fchmod { slot, mode } => {
                me.fchmod(fd(slot)?, *mode)?;
                Answer::Nothing
            }
            Step::Stat { path, follow } => Answer::File(seen(&me.stat(path, if *follow { 0 } else { NOFOLLOW })?.stat, false)),
            Step::Readdir { path } => {
                Answer::Names(me.readdir(path, 0, u32::MAX)?.entries.0.into_iter().map(|entry| (entry.name, entry.kind)).collect())
            }
            Step::Mkdir { path, mode } => {
                me.mkdir(path, *mode)?;
                Answer::Nothing
            }
            Step::Rmdir { path } => {
                me.rmdir(path)?;
                Answer::Nothing
            }
            Step::Unlink { path } => {
                me.unlink(path)?;
                Answer::Nothing
            }
            Step::Rename { from, to, replace } => {
                me.rename(from, to, if *replace { 0 } else { NOREPLACE })?;
                Answer::Nothing
            }
            Step::Link { from, to } => {
                me.link(from, to)?;
                Answer::Nothing
            }
            Step::Symlink { target, path } => {
                me.symlink(target, path)?;
                Answer::Nothing
            }
            Step::Readlink { path } => data(&me.readlink(path)?.target),
            Step::Realpath { path } => data(&me.realpath(path)?.path),
            Step::Access { path, mode } => {
                me.access(path, *mode)?;
                Answer::Nothing
            }
            Step::Chmod { path, mode } => {
                me.chmod(path, *mode, 0)?;
                Answer::Nothing
            }
            Step::Utimes { path, atime, mtime, follow } => {
                me.utimes(path, *atime, *mtime, if *follow { 0 } else { NOFOLLOW })?;
                Answer::Nothing
            }
            Step::Chdir { path } => {
                me.chdir(path)?;
                Answer::Nothing
            }
            Step::Getcwd {} => data(&me.getcwd()?.path),
            Step::Truncate { path, len } => {
                let size = me.stat(path, 0).map_or(0, |reply| reply.stat.size);
                me.truncate(path, other_length(size, *len))?;
                Answer::Nothing
            }
        })
    }

    fn tree(&mut self) -> Vec<Entry> {
        let mut out = Vec::new();
        self.tree_below(b"/", &mut Vec::new(), &mut out);
        out
    }
}
