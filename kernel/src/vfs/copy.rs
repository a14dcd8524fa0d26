//! `copy_file`: one file's contents under another name, sharing chunks until one of the two changes.

use porthole_abi::Errno;
use porthole_abi::flags::{O_CREAT, O_EXCL, O_WRONLY, R_OK};

use super::body::Body;
use super::watch::Kind;
use super::{Caller, Ino, Node, Vfs};

impl Vfs {
    /// Copies contents and mode, as libuv does: the mode also onto a file that was there. A device is a file without contents.
    ///
    /// # Errors
    /// Those of opening the source for reading and `to` for writing; `EISDIR`; `EINVAL`: no regular file; with `replace` false `EEXIST`; `EPERM`: `to` is
    /// another's; `EXDEV`: an image's contents are no chunks that could be shared, so they are to be read and written.
    pub fn copy_file(&mut self, who: &Caller, source: Ino, to: &[u8], replace: bool) -> Result<(), Errno> {
        let inode = self.inode(source)?;
        self.may(who, inode, R_OK)?;
        if !matches!(inode.node, Node::Device { .. }) {
            inode.body()?;
        }
        if self.is_in_image(source) {
            return Err(Errno::EXDEV);
        }
        let inode = self.inode(source)?;
        let mode = inode.mode;
        let exclusive = if replace { 0 } else { O_EXCL };
        let target = self.open(who, to, O_WRONLY | O_CREAT | exclusive, mode)?.ino;
        let copied = if target == source { Ok(()) } else { self.copy_contents(who, source, target, mode) };
        self.release(target);
        copied
    }

    fn copy_contents(&mut self, who: &Caller, source: u64, target: u64, mode: u32) -> Result<(), Errno> {
        self.inode(target)?.body()?;
        self.chmod_of(who, target, mode)?;
        // A device's size is 0, and so many bytes are copied.
        let body = match &self.inodes.get(source).ok_or(Errno::ENOENT)?.node {
            Node::File(body) => body.share(&mut self.chunks),
            _ => Body::default(),
        };
        let inode = self.inodes.get_mut(target).ok_or(Errno::ENOENT)?;
        if let Node::File(old) = &mut inode.node {
            std::mem::replace(old, body).clear(&mut self.chunks);
        }
        inode.mtime = who.now;
        inode.ctime = who.now;
        self.tell(target, Kind::Change);
        Ok(())
    }
}
