//! `open`, and what keeps a file without a name alive.

use porthole_abi::Errno;
use porthole_abi::flags::{O_ACCMODE, O_CREAT, O_DIRECTORY, O_EXCL, O_NOATIME, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, R_OK, W_OK};

use super::body::Body;
use super::mount::{MountId, Spot};
use super::walk::{Last, Links};
use super::{Caller, Ino, Node, Vfs};

/// A file that has been opened, and is held for its descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    pub ino: Ino,
    /// The mount through which it was opened.
    pub mount: MountId,
    pub created: bool,
}

/// What an `open` with these flags wants to do with the file.
fn wanted(flags: u32) -> u32 {
    let access = match flags & O_ACCMODE {
        O_RDONLY => R_OK,
        O_WRONLY => W_OK,
        O_RDWR => R_OK | W_OK,
        // Linux: neither readable nor writable, but checked for both.
        _ => R_OK | W_OK,
    };
    if flags & O_TRUNC != 0 { access | W_OK } else { access }
}

/// Whether Linux asks if the mount may be written to before it asks who may.
fn truncates(node: &Node, flags: u32) -> bool {
    matches!(node, Node::File(_)) && flags & O_TRUNC != 0
}

impl Vfs {
    /// Finds or makes a file and holds it: whoever opens owes a [`Vfs::release`]. What a device does is not known here.
    ///
    /// # Errors
    /// Those of a walk; `EEXIST`, `EISDIR`, `ENOTDIR`, `ELOOP` (a link, and `O_NOFOLLOW`), `EACCES`, `ENXIO` (a socket), `ENOSPC`, `EPERM` (`O_NOATIME` on
    /// another's file), `EINVAL` (`O_CREAT` with `O_DIRECTORY`), `EROFS`.
    pub fn open(&mut self, who: &Caller, path: &[u8], flags: u32, mode: u32) -> Result<Opened, Errno> {
        let has = |flag: u32| flags & flag != 0;
        if has(O_CREAT) && has(O_DIRECTORY) {
            return Err(Errno::EINVAL);
        }
        let links = match (has(O_CREAT), has(O_NOFOLLOW) || (has(O_CREAT) && has(O_EXCL))) {
            (false, false) => Links::Follow,
            (false, true) => Links::Keep,
            (true, false) => Links::Create,
            (true, true) => Links::Parent,
        };
        let place = self.walk(who, path, links)?;
        if let Last::Name(name) = place.last
            && has(O_CREAT)
        {
            if place.slash {
                return Err(Errno::EISDIR);
            }
            if place.entry()?.is_none() {
                let (dir, mount, name) = (place.dir, place.mount, name.into());
                if self.inode(dir)?.nlink > 0 {
                    self.mounts.writable(mount)?;
                }
                self.may_add(who, dir)?;
                let ino = self.create(who, dir, name, Node::File(Body::default()), mode)?;
                self.hold(ino)?;
                return Ok(Opened { ino, mount, created: true });
            }
        }
        let spot = Spot { ino: place.entry()?.ok_or(Errno::ENOENT)?, mount: place.on() };
        if has(O_CREAT) && has(O_EXCL) {
            return Err(Errno::EEXIST);
        }
        if place.slash && !has(O_CREAT) && !self.inode(spot.ino)?.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        self.open_found(who, spot, flags)
    }

    /// `open` of a file that has been found.
    ///
    /// # Errors
    /// Those of [`Vfs::open`] but for the path.
    pub fn open_found(&mut self, who: &Caller, Spot { mount, ino }: Spot, flags: u32) -> Result<Opened, Errno> {
        let has = |flag: u32| flags & flag != 0;
        let inode = self.inode(ino)?;
        if inode.is_directory() {
            if has(O_CREAT) {
                return Err(Errno::EISDIR);
            }
        } else if has(O_DIRECTORY) {
            return Err(Errno::ENOTDIR);
        }
        let want = wanted(flags);
        if truncates(&inode.node, flags) {
            self.mounts.writable(mount)?;
        }
        match inode.node {
            Node::Link(_) => return Err(Errno::ELOOP),
            Node::Directory(_) if want & W_OK != 0 => return Err(Errno::EISDIR),
            _ => self.may(who, inode, want)?,
        }
        if want & W_OK != 0 && matches!(inode.node, Node::File(_)) {
            self.mounts.writable(mount)?;
        }
        if has(O_NOATIME) && who.uid != 0 && who.uid != inode.uid {
            return Err(Errno::EPERM);
        }
        match inode.node {
            Node::Socket => return Err(Errno::ENXIO),
            Node::File(_) if has(O_TRUNC) => self.truncate_of(who, ino, 0)?,
            _ => {}
        }
        self.hold(ino)?;
        Ok(Opened { ino, mount, created: false })
    }

    /// A directory to stand in, for `chdir` and the like; held.
    ///
    /// # Errors
    /// Those of a lookup; `ENOTDIR`; `EACCES`: not to be searched.
    pub fn enter(&mut self, who: &Caller, path: &[u8]) -> Result<Spot, Errno> {
        let spot = self.lookup_spot(who, path, Links::Follow)?;
        let inode = self.inode(spot.ino)?;
        inode.directory()?;
        self.may(who, inode, porthole_abi::flags::X_OK)?;
        self.hold(spot.ino)?;
        Ok(spot)
    }

    /// One more descriptor or working directory needs the file.
    ///
    /// # Errors
    /// `ENOENT`: it is gone.
    pub fn hold(&mut self, ino: Ino) -> Result<(), Errno> {
        match self.inodes.get_to_hold(ino) {
            Some(inode) => inode.held += 1,
            None => self.hold_image(ino).ok_or(Errno::ENOENT)?,
        }
        Ok(())
    }

    /// One needs it no longer. A file that is needed by nobody and has no name is gone.
    pub fn release(&mut self, ino: Ino) {
        if let Some(inode) = self.inodes.get_to_hold(ino) {
            inode.held = inode.held.saturating_sub(1);
            self.forget_unneeded(ino);
        } else {
            self.release_image(ino);
        }
    }
}
