//! The one table of calls.

use crate::stat::{Dirent, Stat as FileStat, Statfs as FileSystemStat};
use crate::wire::{Bytes, List, Malformed, Reader, Wire};
use crate::{Address, Errno};

/// The right that a call needs of its process (enforced by the kernel; a refusal is `EACCES`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// About the process itself or a descriptor that it already holds.
    Own,
    Read,
    Write,
    Spawn,
    Signal,
    Listen,
    Connect,
    Fetch,
    /// What is mounted where, for all processes of the container.
    Mount,
}

/// How a call behaves when the kernel dies and is reborn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes state: logged, its reply kept until acknowledged.
    Change,
    /// Changes nothing: not logged, simply run again when sent again.
    Pure,
}

/// How much of the Linux call of this name works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Full,
    /// With what is missing.
    Partial(&'static str),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub number: u16,
    pub name: &'static str,
    pub doc: &'static str,
    /// Names, wire types, and whether it is a list.
    pub args: &'static [(&'static str, &'static str, bool)],
    pub reply: &'static [(&'static str, &'static str, bool)],
    pub right: Right,
    pub kind: Kind,
    pub level: Level,
}

macro_rules! syscalls {
    ($(
        $(#[doc = $doc:literal])+
        $number:literal $name:ident $variant:ident { $($arg:ident : $ty:ty),* } -> { $($out:ident : $oty:ty),* } $right:ident $kind:ident $level:expr;
    )*) => {
        /// A decoded call.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Call<'a> { $($(#[doc = $doc])+ $variant { $($arg: $ty),* },)*
            #[doc(hidden)] _Life(std::convert::Infallible, &'a ()),
        }

        /// What calls answer.
        pub mod reply {
            use super::*;
            $( $crate::record! { $(#[doc = $doc])+ pub struct $variant { $($out: $oty),* } } )*
        }

        /// Every call, in order of its number.
        pub const TABLE: &[Row] = Call::ROWS;

        impl<'a> Call<'a> {
            const ROWS: &'static [Row] = &[$(Row {
                number: $number,
                name: stringify!($name),
                doc: concat!($($doc, "\n"),+),
                args: &[$((stringify!($arg), <$ty as Wire>::TYPE, $crate::wire::is_list(stringify!($ty)))),*],
                reply: reply::$variant::FIELDS,
                right: Right::$right,
                kind: Kind::$kind,
                level: $level,
            }),*];

            /// Decodes the arguments of call `number`.
            ///
            /// # Errors
            /// `ENOSYS` for a number that is not in the table, `EINVAL` for arguments that do not fit.
            pub fn get(number: u16, args: &'a [u8]) -> Result<Self, Errno> {
                let mut from = Reader::new(args);
                let call = (|| -> Result<Option<Self>, Malformed> {
                    Ok(Some(match number {
                        $($number => Call::$variant { $($arg: Wire::get(&mut from)?),* },)*
                        _ => return Ok(None),
                    }))
                })().map_err(|Malformed| Errno::EINVAL)?.ok_or(Errno::ENOSYS)?;
                from.finish().map_err(|Malformed| Errno::EINVAL)?;
                Ok(call)
            }

            /// Appends the arguments.
            pub fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Call::$variant { $($arg),* } => { $($arg.put(out);)* let _ = &out; })*
                    Call::_Life(never, _) => match *never {},
                }
            }

            pub fn row(&self) -> &'static Row {
                // The table holds every variant.
                Call::row_of(self.number()).unwrap_or(&TABLE[0])
            }

            /// The row of a number.
            pub fn row_of(number: u16) -> Option<&'static Row> {
                TABLE.binary_search_by_key(&number, |row| row.number).ok().and_then(|at| TABLE.get(at))
            }

            pub fn number(&self) -> u16 {
                match self {
                    $(Call::$variant { .. } => $number,)*
                    Call::_Life(never, _) => match *never {},
                }
            }
        }

        /// Makes calls. Whoever can carry a call to the kernel and its reply back has one method a call.
        #[allow(clippy::too_many_arguments)]
        pub trait Syscalls {
            /// Sends a call and gives back the reply's payload.
            ///
            /// # Errors
            /// What the kernel answered.
            fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno>;

            $(
                $(#[doc = $doc])+
                #[allow(clippy::extra_unused_lifetimes, reason = "only some calls borrow")]
                fn $name<'a>(&self, $($arg: $ty),*) -> Result<reply::$variant, Errno> {
                    let payload = self.transact(&Call::$variant { $($arg),* })?;
                    let _life: std::marker::PhantomData<&'a ()> = std::marker::PhantomData;
                    reply::$variant::get(&mut Reader::new(&payload)).map_err(|Malformed| Errno::EPROTO)
                }
            )*
        }
    };
}

use Level::{Full, Partial};

crate::record! {
    /// A descriptor that a child starts with: its number there, and the parent's descriptor that it shares.
    pub struct Inherit { child: i32, parent: i32 }
}

crate::record! {
    /// A descriptor and what it is (`flags::FD_*`).
    pub struct Descriptor { fd: i32, kind: u8 }
}

crate::record! {
    /// One entry for `write_tree`. `mode` carries the kind (`S_IFDIR`, `S_IFREG`, `S_IFLNK`); `data` is the content or the link's target; an `mtime` of 0 is now.
    /// With `TREE_EXACT` in `mode` the bits are not under the umask, and an `mtime` of 0 is 1970.
    pub struct TreeEntry { path: Vec<u8>, mode: u32, mtime: i64, data: Vec<u8> }
}

crate::record! {
    /// A directory from `survey`: its path below the one that was asked for, itself, and what is in it.
    pub struct Surveyed { path: Vec<u8>, stat: FileStat, entries: List<Seen> }
}

crate::record! {
    /// An entry of a directory from `survey`. `data` is all of a file's content if `whole` is 1.
    pub struct Seen { name: Vec<u8>, stat: FileStat, whole: u8, data: Vec<u8> }
}

crate::record! {
    /// One entry from `read_tree`: path below the base, kind and bits, which file it is and how many names that has. `data` is all of its content or the link's
    /// target; where it is shorter than `size`, the content did not fit in the call or may not be read: open it.
    pub struct TreeNode { path: Vec<u8>, mode: u32, mtime: i64, ino: u64, nlink: u32, size: u64, data: Vec<u8> }
}

crate::record! {
    /// A header of `fetch`.
    pub struct Header { name: Vec<u8>, value: Vec<u8> }
}

crate::record! {
    /// A row of `processes`. `state` is `R`, `T` (stopped) or `Z` (zombie).
    pub struct ProcessInfo { pid: i32, ppid: i32, pgid: i32, state: u8, started: i64, argv: List<Vec<u8>> }
}

syscalls! {
    /// Who the process is: the first call of every process image. Paths are absolute. `exe` is the registered program that runs (`/usr/local/bin/node`); a script started by its `#!` line has its path in `argv` already. `env` holds `NAME=value`.
    1 start Start {} -> { pid: i32, ppid: i32, exe: Vec<u8>, argv: List<Vec<u8>>, env: List<Vec<u8>>, cwd: Vec<u8>, umask: u32, uid: u32, gid: u32, fds: List<Descriptor> } Own Pure Full;
    /// Ends the process. `code` is cut to its low 8 bits. Nothing after it is read.
    2 exit Exit { code: i32 } -> {} Own Change Full;
    /// Starts a program: a registered command, a path, or a name looked up in `PATH` of `env` (else of the caller); `#!` lines are followed.
    /// `argv[0]` is what the child sees as its name. An empty `cwd` is the caller's. `ENOENT`: no such command; `EACCES`: not executable; `EAGAIN`: too many processes.
    3 spawn Spawn { file: Bytes<'a>, argv: List<Vec<u8>>, env: List<Vec<u8>>, cwd: Bytes<'a>, fds: List<Inherit>, flags: u32 } -> { pid: i32 } Spawn Change Full;
    /// Takes an ended child (`ANY_CHILD`: any). `EAGAIN`: none has ended yet; `ECHILD`: there is none.
    4 wait Wait { pid: i32 } -> { pid: i32, code: i32, signal: u8 } Own Change Full;
    /// Sends a signal; 0 only checks. `pid` 0: the caller's group; below −1: the group −`pid`.
    5 kill Kill { pid: i32, signal: u8 } -> {} Signal Change Full;
    /// What shall happen at a signal: `SIG_DFL`, `SIG_IGN` or `SIG_CATCH` (an event).
    6 sigaction Sigaction { signal: u8, action: u8 } -> {} Own Change Full;
    /// The process group of a process (0: the caller).
    7 getpgid Getpgid { pid: i32 } -> { pgid: i32 } Own Pure Full;
    /// Moves a process into a group.
    8 setpgid Setpgid { pid: i32, pgid: i32 } -> {} Own Change Full;
    /// Changes the working directory.
    9 chdir Chdir { path: Bytes<'a> } -> {} Read Change Full;
    /// The working directory, absolute.
    10 getcwd Getcwd {} -> { path: Vec<u8> } Own Pure Full;
    /// Sets the mask of modes and answers the old one.
    11 umask Umask { mask: u32 } -> { old: u32 } Own Change Full;
    /// The next events as a batch (`event::get_batch`). The only call whose answer waits: until there is an event, or `timeout` ms (`u32::MAX`: for ever) have passed.
    12 poll Poll { timeout: u32 } -> { batch: Vec<u8> } Own Pure Full;
    /// Asks for readiness of a descriptor; 0 ends it. See `Event::Ready`.
    13 watch Watch { fd: i32, mask: u8 } -> {} Own Change Full;
    /// The container's processes.
    14 processes Processes {} -> { list: List<ProcessInfo> } Own Pure Full;
    /// Milliseconds since the container began, and bytes that files take.
    15 sysinfo Sysinfo {} -> { uptime_ms: u64, files_bytes: u64, processes: u32 } Own Pure Full;

    /// Opens a file, and says what it is. `mode` is for `O_CREAT`, under the umask.
    20 open Open { path: Bytes<'a>, flags: u32, mode: u32 } -> { fd: i32, stat: FileStat } Read Change Full;
    /// Closes a descriptor.
    21 close Close { fd: i32 } -> {} Own Change Full;
    /// Reads up to `len` bytes at `position` (−1: where the description stands, and moves it). Empty at the end. `EAGAIN`: nothing there yet.
    22 read Read { fd: i32, len: u32, position: i64 } -> { data: Vec<u8> } Own Change Full;
    /// Reads at a position and leaves the description where it is. For files only.
    23 pread Pread { fd: i32, len: u32, position: i64 } -> { data: Vec<u8> } Own Pure Full;
    /// Writes at `position` (−1: where the description stands). `EAGAIN`: full; `EPIPE`: nobody reads (and `SIGPIPE`, which Node ignores).
    24 write Write { fd: i32, data: Bytes<'a>, position: i64 } -> { written: u32 } Own Change Full;
    /// Moves the description.
    25 seek Seek { fd: i32, offset: i64, whence: u8 } -> { position: i64 } Own Change Full;
    /// Another number (the lowest from `least`) for the same description.
    26 dup Dup { fd: i32, least: i32 } -> { fd: i32 } Own Change Full;
    /// The description of `fd` under the number `onto`, which is closed first.
    27 dup2 Dup2 { fd: i32, onto: i32 } -> {} Own Change Full;
    /// `stat` of a descriptor.
    28 fstat Fstat { fd: i32 } -> { stat: FileStat } Own Pure Full;
    /// Sets a file's length.
    29 ftruncate Ftruncate { fd: i32, len: u64 } -> {} Own Change Full;
    /// Waits until the file's changes are durable.
    30 fsync Fsync { fd: i32 } -> {} Own Change Full;
    /// `chmod` of a descriptor.
    31 fchmod Fchmod { fd: i32, mode: u32 } -> {} Own Change Full;
    /// `chown` of a descriptor.
    32 fchown Fchown { fd: i32, uid: u32, gid: u32 } -> {} Own Change Partial("owners are recorded, not enforced");
    /// `utimes` of a descriptor, in nanoseconds since 1970.
    33 futimes Futimes { fd: i32, atime: i64, mtime: i64 } -> {} Own Change Full;
    /// What a descriptor is.
    34 fd_kind FdKind { fd: i32 } -> { kind: u8 } Own Pure Full;
    /// A pipe: what is written to `writer` comes out of `reader`.
    35 pipe Pipe {} -> { reader: i32, writer: i32 } Own Change Full;
    /// Two connected stream sockets.
    36 socketpair Socketpair {} -> { one: i32, other: i32 } Own Change Full;

    /// What is known of a path. `flags`: `NOFOLLOW`.
    40 stat Stat { path: Bytes<'a>, flags: u32 } -> { stat: FileStat } Read Pure Full;
    /// Names of a directory after the first `skip`, at most `limit`, in a stable order; fewer than `limit` means the end. `stat` is the directory's.
    41 readdir Readdir { path: Bytes<'a>, skip: u32, limit: u32 } -> { entries: List<Dirent>, stat: FileStat } Read Pure Full;
    /// A whole file in one call, and what it is. `EFBIG`: longer than `limit`, read it in pieces.
    42 read_file ReadFile { path: Bytes<'a>, limit: u32 } -> { data: Vec<u8>, stat: FileStat } Read Pure Full;
    /// Opens with `flags`, writes all, says what the file is then, closes.
    43 write_file WriteFile { path: Bytes<'a>, data: Bytes<'a>, flags: u32, mode: u32 } -> { stat: FileStat } Write Change Full;
    /// Many files, directories and links below `base` in one call; missing parents are made, existing files replaced. `..`, absolute paths and paths through links are `EINVAL`.
    44 write_tree WriteTree { base: Bytes<'a>, entries: List<TreeEntry> } -> {} Write Change Full;
    /// Makes a directory.
    45 mkdir Mkdir { path: Bytes<'a>, mode: u32 } -> {} Write Change Full;
    /// Makes a directory and its missing parents; answers the first that was made, or nothing.
    46 mkdir_all MkdirAll { path: Bytes<'a>, mode: u32 } -> { first: Vec<u8> } Write Change Full;
    /// Makes a directory whose name is `prefix` and six characters that were free.
    47 mkdtemp Mkdtemp { prefix: Bytes<'a> } -> { path: Vec<u8> } Write Change Full;
    /// Removes an empty directory.
    48 rmdir Rmdir { path: Bytes<'a> } -> {} Write Change Full;
    /// Removes a name.
    49 unlink Unlink { path: Bytes<'a> } -> {} Write Change Full;
    /// Removes a name and all below it. `ENOENT` where there is nothing.
    50 remove_tree RemoveTree { path: Bytes<'a> } -> {} Write Change Full;
    /// Renames, over what is there. `flags`: `NOREPLACE`.
    51 rename Rename { from: Bytes<'a>, to: Bytes<'a>, flags: u32 } -> {} Write Change Full;
    /// Another name for a file.
    52 link Link { from: Bytes<'a>, to: Bytes<'a> } -> {} Write Change Full;
    /// A symbolic link at `path` that says `target`.
    53 symlink Symlink { target: Bytes<'a>, path: Bytes<'a> } -> {} Write Change Full;
    /// What a symbolic link says.
    54 readlink Readlink { path: Bytes<'a> } -> { target: Vec<u8> } Read Pure Full;
    /// The path without links, `.` and `..`.
    55 realpath Realpath { path: Bytes<'a> } -> { path: Vec<u8> } Read Pure Full;
    /// Whether the caller may (`R_OK` and so on).
    56 access Access { path: Bytes<'a>, mode: u32 } -> {} Read Pure Full;
    /// Sets permission bits. `flags`: `NOFOLLOW`.
    57 chmod Chmod { path: Bytes<'a>, mode: u32, flags: u32 } -> {} Write Change Full;
    /// Sets the owner. `flags`: `NOFOLLOW`.
    58 chown Chown { path: Bytes<'a>, uid: u32, gid: u32, flags: u32 } -> {} Write Change Partial("owners are recorded, not enforced");
    /// Sets times, in nanoseconds since 1970. `flags`: `NOFOLLOW`.
    59 utimes Utimes { path: Bytes<'a>, atime: i64, mtime: i64, flags: u32 } -> {} Write Change Full;
    /// Sets a file's length.
    60 truncate Truncate { path: Bytes<'a>, len: u64 } -> {} Write Change Full;
    /// Copies a file; `flags` 1: `EEXIST` instead of replacing.
    61 copy_file CopyFile { from: Bytes<'a>, to: Bytes<'a>, flags: u32 } -> {} Write Change Full;
    /// Room in the file system.
    62 statfs Statfs { path: Bytes<'a> } -> { statfs: FileSystemStat } Read Pure Full;
    /// A descriptor that yields what changes at a path: records `kind:u8 (0 rename, 1 change) len:u16 name`. `recursive` 1: below it too.
    63 watch_path WatchPath { path: Bytes<'a>, recursive: u8 } -> { fd: i32 } Read Change Full;
    /// Everything below `base` that follows the path `after` (empty: from the start), directories before what is in them and names in order of their bytes, for
    /// about `limit` bytes; `end` is 1 when nothing is left. Ask again with the last path as `after`; with a slash behind it, what is in it is passed over.
    /// A directory that may not be read is an error of the call that would begin with it.
    66 read_tree ReadTree { base: Bytes<'a>, after: Bytes<'a>, limit: u32 } -> { entries: List<TreeNode>, end: u8 } Read Pure Full;
    /// The directory at `path` with all that is in it, then those in it down to `depth` levels, as far as 2048 names go; none called `except`, none whose name
    /// begins with a dot. Contents of files of at most 64 KiB come along as far as `limit` bytes go. `E2BIG`: more names; `EXDEV`: something is mounted in it.
    67 survey Survey { path: Bytes<'a>, depth: u32, except: Bytes<'a>, limit: u32 } -> { directories: List<Surveyed> } Read Pure Full;

    /// Mounts on the directory `target`: with `kind` `bind` the directory `source`; with `overlay` a copy of it by reference, which goes with the mount; with
    /// `proc`, `task`, `web` that tree of the system; read-only with `zip` and `tar` what is in the archive `source`, with `http` a directory of a web server, by its
    /// address. `flags`: `MOUNT_READ_ONLY`. `EPERM`: the target is in such a tree; `EBUSY`: it is the root; `ENODEV`: no such kind; `EINVAL`, `EIO`: an archive or an
    /// index is refused or cannot be had, and reading a `ctl` file says why.
    70 mount Mount { source: Bytes<'a>, target: Bytes<'a>, kind: Bytes<'a>, flags: u32 } -> {} Mount Change Partial("directories only; mounts end with the container's memory, as with a reboot");
    /// Takes away what is mounted at `target`. `EINVAL`: nothing is; `EBUSY`: somebody stands in it or has something of it open, or something is mounted in it.
    71 unmount Unmount { target: Bytes<'a> } -> {} Mount Change Full;
    /// Copies the directory `from` and all below it to `to`, where nothing may be, by reference. What is mounted below is left out.
    72 clone_tree CloneTree { from: Bytes<'a>, to: Bytes<'a> } -> {} Write Change Full;

    /// A listening socket. Port 0: the kernel chooses. `EADDRINUSE`: taken.
    80 listen Listen { address: Address, backlog: u32 } -> { fd: i32, address: Address } Listen Change Full;
    /// The next connection. `EAGAIN`: none.
    81 accept Accept { fd: i32 } -> { fd: i32, peer: Address } Own Change Full;
    /// A socket on its way to `address`; writable when it is there. `ECONNREFUSED`: nobody listens.
    82 connect Connect { address: Address } -> { fd: i32 } Connect Change Full;
    /// Ends one direction or both (`SHUT_*`).
    83 shutdown Shutdown { fd: i32, how: u8 } -> {} Own Change Full;
    /// A socket's own address.
    84 sockname Sockname { fd: i32 } -> { address: Address } Own Pure Full;
    /// The other side's address. `ENOTCONN`.
    85 peername Peername { fd: i32 } -> { address: Address } Own Pure Full;
    /// Why a socket failed: an errno's number, or 0.
    86 socket_error SocketError { fd: i32 } -> { errno: u16 } Own Pure Full;
    /// A request to another host through the browser. Write the body, `shutdown` to end it (`body` 1), then read: first `len:u32` and a
    /// `reply::FetchHead`-shaped record (`status:u16 url:bytes text:bytes headers:Header[]`), then the body. A network failure is `ERROR` readiness and `EIO` on
    /// read, after whatever came before it; if that is not even a head, a head of status 0 comes first, whose `text` says why.
    87 fetch Fetch { method: Bytes<'a>, url: Bytes<'a>, headers: List<Header>, body: u8 } -> { fd: i32 } Fetch Change Full;
    /// Hands a socket or a listener to whoever has the other end of `via`, a connected socket: one more descriptor, which it takes with `take_fd`. `EINVAL`: another
    /// kind of descriptor, or a socket that holds such itself; `EAGAIN`: too many wait.
    88 pass_fd PassFd { via: i32, fd: i32 } -> {} Own Change Full;
    /// The next descriptor that was passed. `EAGAIN`: none. `kind`: as `fd_kind`.
    89 take_fd TakeFd { via: i32 } -> { fd: i32, kind: u8 } Own Change Full;
    /// Whether a page's requests come through a socket: its other end is the browser's (1), or a process's (0).
    90 browser_peer BrowserPeer { fd: i32 } -> { yes: u8 } Own Pure Full;

    /// A terminal: what a program writes to `slave` is read from `master`.
    100 openpty Openpty { columns: u16, rows: u16 } -> { master: i32, slave: i32 } Own Change Full;
    /// A terminal's size and mode. `ENOTTY`: not a terminal.
    101 tty_get TtyGet { fd: i32 } -> { columns: u16, rows: u16, mode: u8 } Own Pure Full;
    /// Cooked (`TTY_NORMAL`) or raw.
    102 tty_set_mode TtySetMode { fd: i32, mode: u8 } -> {} Own Change Full;
    /// A new size; the foreground group hears `SIGWINCH`.
    103 tty_resize TtyResize { fd: i32, columns: u16, rows: u16 } -> {} Own Change Full;
    /// The group that hears `^C`: 0 is the caller's.
    104 tty_set_group TtySetGroup { fd: i32, pgid: i32 } -> {} Own Change Full;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_unique() {
        assert!(TABLE.windows(2).all(|pair| pair[0].number < pair[1].number));
        let names: std::collections::BTreeSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn a_call_survives_its_encoding() {
        let call = Call::Spawn {
            file: b"node",
            argv: List(vec![b"node".to_vec(), b"x.js".to_vec()]),
            env: List(vec![]),
            cwd: b"/app",
            fds: List(vec![Inherit { child: 0, parent: 5 }]),
            flags: 0,
        };
        let mut args = Vec::new();
        call.put(&mut args);
        assert_eq!(Call::get(3, &args), Ok(call.clone()));
        assert_eq!(call.row().name, "spawn");
        args.push(0);
        assert_eq!(Call::get(3, &args), Err(Errno::EINVAL), "a byte too many");
        assert_eq!(Call::get(9999, &[]), Err(Errno::ENOSYS));
    }
}
