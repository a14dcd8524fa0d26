//! Reading, writing and cutting files.

use porthole_abi::Errno;
use porthole_abi::flags::{O_ACCMODE, O_APPEND, O_RDONLY, R_OK, W_OK};

use super::walk::Links;
use super::watch::Kind;
use super::{Caller, Ino, Node, Vfs};

impl Vfs {
    /// At most `len` bytes at `offset`; empty at the end.
    ///
    /// # Errors
    /// `EISDIR`; `EINVAL`: no regular file; `EIO`: not all of it is in memory ([`Vfs::take_missed`] tells what is not).
    pub fn read_of(&self, ino: Ino, offset: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let mut out = Vec::new();
        self.inode(ino)?.body()?.read(&self.chunks, offset, len, &mut out)?;
        Ok(out)
    }

    /// Writes at `offset`, or at the end where that is `None`. Answers where the writing ended and how much was written: less than all when room ran out.
    ///
    /// # Errors
    /// `EISDIR`; `EINVAL`: no regular file; `ENOSPC`, `EFBIG`.
    pub fn write_of(&mut self, who: &Caller, ino: Ino, offset: Option<u64>, data: &[u8]) -> Result<(u64, usize), Errno> {
        let inode = self.inodes.get_mut(ino).ok_or(Errno::ENOENT)?;
        inode.body()?;
        let Node::File(body) = &mut inode.node else { return Err(Errno::EINVAL) };
        let offset = offset.unwrap_or(body.len());
        let written = body.write(&mut self.chunks, offset, data)?;
        if written > 0 {
            inode.mtime = who.now;
            inode.ctime = who.now;
            Self::drop_set_bits(who, inode);
            self.tell(ino, Kind::Change);
        }
        Ok((offset + written as u64, written))
    }

    /// # Errors
    /// `EISDIR`; `EINVAL`: no regular file; `EFBIG`.
    pub fn truncate_of(&mut self, who: &Caller, ino: Ino, len: u64) -> Result<(), Errno> {
        let inode = self.inodes.get_mut(ino).ok_or(Errno::ENOENT)?;
        inode.body()?;
        let Node::File(body) = &mut inode.node else { return Err(Errno::EINVAL) };
        body.truncate(&mut self.chunks, len)?;
        inode.mtime = who.now;
        inode.ctime = who.now;
        Self::drop_set_bits(who, inode);
        self.tell(ino, Kind::Change);
        Ok(())
    }

    /// # Errors
    /// Those of a lookup and of [`Vfs::truncate_of`]; `EACCES`.
    pub fn truncate(&mut self, who: &Caller, path: &[u8], len: u64) -> Result<(), Errno> {
        let ino = self.lookup(who, path, Links::Follow)?;
        let inode = self.inode(ino)?;
        inode.body()?;
        self.may(who, inode, W_OK)?;
        self.truncate_of(who, ino, len)
    }

    /// A whole file.
    ///
    /// # Errors
    /// Those of `open` and `read`; `EFBIG`: longer than `limit`.
    pub fn read_file(&self, who: &Caller, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno> {
        let ino = self.lookup(who, path, Links::Follow)?;
        let inode = self.inode(ino)?;
        self.may(who, inode, R_OK)?;
        if matches!(inode.node, Node::Socket) {
            return Err(Errno::ENXIO);
        }
        if inode.body()?.len() > limit as u64 {
            return Err(Errno::EFBIG);
        }
        self.read_of(ino, 0, limit)
    }

    /// Opens with `flags`, writes all of `data`, closes.
    ///
    /// # Errors
    /// Those of `open` and `write`; `EBADF`: the flags do not open for writing. With `ENOSPC` a part may have been written.
    pub fn write_file(&mut self, who: &Caller, path: &[u8], data: &[u8], flags: u32, mode: u32) -> Result<(), Errno> {
        let opened = self.open(who, path, flags, mode)?;
        let written = match flags & O_ACCMODE {
            O_RDONLY => Err(Errno::EBADF),
            _ => self.write_of(who, opened.ino, (flags & O_APPEND == 0).then_some(0), data),
        };
        self.release(opened.ino);
        match written?.1 {
            all if all == data.len() => Ok(()),
            _ => Err(Errno::ENOSPC),
        }
    }
}
