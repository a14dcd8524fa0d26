//! Linux's flag values (x86-64 numbers, as Node's `constants` reports them).

pub const O_RDONLY: u32 = 0;
pub const O_WRONLY: u32 = 1;
pub const O_RDWR: u32 = 2;
pub const O_ACCMODE: u32 = 3;
pub const O_CREAT: u32 = 0o100;
pub const O_EXCL: u32 = 0o200;
pub const O_NOCTTY: u32 = 0o400;
pub const O_TRUNC: u32 = 0o1000;
pub const O_APPEND: u32 = 0o2000;
pub const O_NONBLOCK: u32 = 0o4000;
pub const O_DSYNC: u32 = 0o10000;
pub const O_DIRECT: u32 = 0o40000;
pub const O_DIRECTORY: u32 = 0o200000;
pub const O_NOFOLLOW: u32 = 0o400000;
pub const O_NOATIME: u32 = 0o1000000;
pub const O_SYNC: u32 = 0o4010000;

pub const S_IFMT: u32 = 0o170000;
pub const S_IFSOCK: u32 = 0o140000;
pub const S_IFLNK: u32 = 0o120000;
pub const S_IFREG: u32 = 0o100000;
pub const S_IFBLK: u32 = 0o060000;
pub const S_IFDIR: u32 = 0o040000;
pub const S_IFCHR: u32 = 0o020000;
pub const S_IFIFO: u32 = 0o010000;

pub const DT_FIFO: u8 = 1;
pub const DT_CHR: u8 = 2;
pub const DT_DIR: u8 = 4;
pub const DT_BLK: u8 = 6;
pub const DT_REG: u8 = 8;
pub const DT_LNK: u8 = 10;
pub const DT_SOCK: u8 = 12;

/// `access`: exists, executable, writable, readable.
pub const F_OK: u32 = 0;
pub const X_OK: u32 = 1;
pub const W_OK: u32 = 2;
pub const R_OK: u32 = 4;

/// `seek`: from the start, from here, from the end.
pub const SEEK_SET: u8 = 0;
pub const SEEK_CUR: u8 = 1;
pub const SEEK_END: u8 = 2;

/// `stat` and the like: take the link, not what it points at.
pub const NOFOLLOW: u32 = 1;
/// `rename`: fail with `EEXIST` instead of replacing.
pub const NOREPLACE: u32 = 1;

/// `write_tree`: the entry's mode is not under the umask, and its time is what it says even where that is 0.
pub const TREE_EXACT: u32 = 0o10000000000;
/// `mount`: nothing can be changed through it. Linux's `MS_RDONLY`.
pub const MOUNT_READ_ONLY: u32 = 1;

/// Readiness of a descriptor, in `watch` and in `Event::Ready`.
pub const READABLE: u8 = 1;
pub const WRITABLE: u8 = 2;
/// The other side is gone. Reported whether asked for or not.
pub const HANGUP: u8 = 4;
/// The descriptor has failed: `socket_error` says how. Reported whether asked for or not.
pub const ERROR: u8 = 8;

/// `shutdown`.
pub const SHUT_RD: u8 = 0;
pub const SHUT_WR: u8 = 1;
pub const SHUT_RDWR: u8 = 2;

/// `spawn`: the child leads a new session and process group, and outlives its parent's terminal. Children of process 1 always do.
pub const SPAWN_DETACHED: u32 = 1;
/// `spawn`: the child leads a new process group of its parent's session.
pub const SPAWN_NEW_GROUP: u32 = 2;
/// `spawn`: the child is a thread of its parent: it is killed when that ends, and is in a process group of its own, which hears of no terminal's signals.
pub const SPAWN_THREAD: u32 = 4;

/// `wait`: any child.
pub const ANY_CHILD: i32 = -1;

/// What a descriptor is, in `start` and `fd_kind` (libuv's handle names).
pub const FD_FILE: u8 = 0;
pub const FD_PIPE: u8 = 1;
pub const FD_TCP: u8 = 2;
pub const FD_TTY: u8 = 3;
pub const FD_CHAR: u8 = 4;
pub const FD_DIR: u8 = 5;
pub const FD_LISTENER: u8 = 6;
pub const FD_WATCH: u8 = 7;
pub const FD_FETCH: u8 = 8;

/// `sigaction`.
pub const SIG_DFL: u8 = 0;
pub const SIG_IGN: u8 = 1;
pub const SIG_CATCH: u8 = 2;

/// `tty_set_mode`: libuv's modes.
pub const TTY_NORMAL: u8 = 0;
pub const TTY_RAW: u8 = 1;
