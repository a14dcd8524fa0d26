//! Commits and snapshots, written.

use porthole_abi::wire::Wire;

use super::{Commit, DEVICE, DIRECTORY, FIFO, FILE, LINK, SOCKET, VERSION};
use crate::vfs::{Ino, Inode, Name, Node, Vfs};

impl Vfs {
    /// Whether there is something to commit.
    pub fn is_dirty(&self) -> bool {
        self.inodes.has_changed() || !self.renamed.is_empty() || self.chunks.has_changed()
    }

    /// The number of the last commit; 0 before the first.
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// Bytes of contents that no commit has.
    pub fn fresh(&self) -> u64 {
        self.chunks.fresh()
    }

    /// Writes down what has changed since the last commit, and freezes the contents of all files. `None`: nothing has.
    pub fn commit(&mut self) -> Option<Commit> {
        if !self.is_dirty() {
            return None;
        }
        self.committed += 1;
        let delta = self.chunks.commit(self.committed);
        let (changed, mut gone) = self.inodes.take_changed();
        let nameless = |ino: &Ino| self.inodes.get(*ino).is_some_and(|inode| inode.nlink == 0);
        gone.extend(changed.iter().copied().filter(nameless));

        let mut out = Vec::new();
        self.put_head(false, self.committed, &mut out);
        let new: Vec<_> = delta.new.iter().filter_map(|id| Some((*id, self.chunks.data(*id)?))).collect();
        put_list(&mut out, new.iter(), |(id, data), out| {
            id.put(out);
            (data.len() as u32).put(out);
        });
        put_list(&mut out, delta.dropped.iter(), Wire::put);
        put_list(&mut out, gone.iter(), Wire::put);
        let named = changed.iter().filter_map(|ino| Some((*ino, self.inodes.get(*ino).filter(|inode| inode.nlink > 0)?)));
        put_list(&mut out, named, |(ino, inode), out| put_inode(ino, inode, out));
        let renamed = std::mem::take(&mut self.renamed);
        let entry = |(dir, name): &(Ino, Name)| {
            let directory = self.inodes.get(*dir).filter(|inode| inode.nlink > 0)?.directory().ok()?;
            Some((*dir, directory.entries.get(name).copied().unwrap_or(0)))
        };
        put_list(&mut out, renamed.iter().filter_map(|at| Some((entry(at)?, &at.1))), |((dir, ino), name), out| {
            dir.put(out);
            ino.put(out);
            (&**name).put(out);
        });
        Some(Commit { number: self.committed, transaction: out, chunks: new, dropped: delta.dropped })
    }

    /// All files as the last commit left them, as one transaction that begins from nothing. `None`: something has changed since.
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        self.snapshot_as(self.committed)
    }

    /// [`Self::snapshot`], as if it were commit `number`.
    pub fn snapshot_as(&self, number: u64) -> Option<Vec<u8>> {
        if self.is_dirty() {
            return None;
        }
        let mut out = Vec::new();
        self.put_head(true, number, &mut out);
        put_list(&mut out, self.chunks.committed(), |(id, len), out| {
            id.put(out);
            len.put(out);
        });
        // Nothing is dropped from nothing.
        0u32.put(&mut out);
        let named = |inode: Option<&Inode>| inode.is_some_and(|inode| inode.nlink > 0);
        put_list(&mut out, self.inodes.iter().filter(|(_, inode)| !named(*inode)), |(ino, _), out| ino.put(out));
        let inodes = || self.inodes.iter().filter_map(|(ino, inode)| Some((ino, inode.filter(|inode| inode.nlink > 0)?)));
        put_list(&mut out, inodes(), |(ino, inode), out| put_inode(ino, inode, out));
        let names = inodes().filter_map(|(dir, inode)| Some((dir, inode.directory().ok()?)));
        let names = names.flat_map(|(dir, directory)| directory.entries.iter().map(move |(name, ino)| (dir, ino, name)));
        put_list(&mut out, names, |(dir, ino, name), out| {
            dir.put(out);
            ino.put(out);
            (&**name).put(out);
        });
        Some(out)
    }

    fn put_head(&self, whole: bool, number: u64, out: &mut Vec<u8>) {
        VERSION.put(out);
        u8::from(whole).put(out);
        number.put(out);
        self.chunks.next().put(out);
    }
}

/// A list whose count is known at its end.
fn put_list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, put: impl Fn(T, &mut Vec<u8>)) {
    let at = out.len();
    let mut count = 0u32;
    count.put(out);
    for item in items {
        put(item, out);
        count += 1;
    }
    if let Some(place) = out.get_mut(at..at + 4) {
        place.copy_from_slice(&count.to_le_bytes());
    }
}

fn put_inode(ino: Ino, inode: &Inode, out: &mut Vec<u8>) {
    let kind = match &inode.node {
        Node::Directory(_) => DIRECTORY,
        Node::File(_) => FILE,
        Node::Link(_) => LINK,
        Node::Device { .. } => DEVICE,
        Node::Fifo => FIFO,
        Node::Socket => SOCKET,
    };
    ino.put(out);
    kind.put(out);
    inode.mode.put(out);
    inode.uid.put(out);
    inode.gid.put(out);
    inode.atime.put(out);
    inode.mtime.put(out);
    inode.ctime.put(out);
    inode.birthtime.put(out);
    inode.home.put(out);
    match &inode.node {
        Node::Directory(directory) => (&*directory.name).put(out),
        Node::File(body) => {
            body.len().put(out);
            put_list(out, body.slots().iter(), |slot, out| {
                slot.index.put(out);
                slot.id.put(out);
            });
        }
        Node::Link(target) => (&**target).put(out),
        Node::Device { major, minor } => {
            major.put(out);
            minor.put(out);
        }
        Node::Fifo | Node::Socket => {}
    }
}
