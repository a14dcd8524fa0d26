//! What is known of a file.

crate::record! {
    /// `struct stat`. Times are nanoseconds since 1970.
    pub struct Stat {
        dev: u64,
        ino: u64,
        /// Kind and permission bits, as in Linux's `st_mode`.
        mode: u32,
        nlink: u32,
        uid: u32,
        gid: u32,
        rdev: u64,
        size: u64,
        blksize: u32,
        /// In units of 512 bytes.
        blocks: u64,
        atime: i64,
        mtime: i64,
        ctime: i64,
        birthtime: i64,
    }
}

crate::record! {
    /// One name of a directory. `kind` is one of `flags::DT_*`.
    pub struct Dirent { ino: u64, kind: u8, name: Vec<u8> }
}

crate::record! {
    /// `struct statfs`, in blocks of `bsize` bytes.
    pub struct Statfs { kind: u64, bsize: u64, blocks: u64, bfree: u64, bavail: u64, files: u64, ffree: u64 }
}
