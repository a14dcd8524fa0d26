//! The one list of callers' errors: Linux's names and numbers, libuv's texts.

macro_rules! errnos {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// What a caller did wrong, or ran into. Never the kernel's own fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(clippy::upper_case_acronyms)]
        pub enum Errno { $($name = $number),* }

        impl Errno {
            pub const ALL: &'static [Errno] = &[$(Errno::$name),*];

            /// The errno with a number; unknown numbers are `EIO`, zero is none.
            pub fn from_number(number: u16) -> Option<Errno> {
                match number { 0 => None, $($number => Some(Errno::$name),)* _ => Some(Errno::EIO) }
            }

            /// `"ENOENT"`.
            pub fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name)),* }
            }

            /// `"no such file or directory"`.
            pub fn text(self) -> &'static str {
                match self { $(Errno::$name => $text),* }
            }

            pub fn number(self) -> u16 {
                self as u16
            }
        }
    };
}

impl std::fmt::Display for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name(), self.text())
    }
}

impl std::error::Error for Errno {}

errnos! {
    EPERM = 1, "operation not permitted";
    ENOENT = 2, "no such file or directory";
    ESRCH = 3, "no such process";
    EINTR = 4, "interrupted system call";
    EIO = 5, "i/o error";
    ENXIO = 6, "no such device or address";
    E2BIG = 7, "argument list too long";
    ENOEXEC = 8, "exec format error";
    EBADF = 9, "bad file descriptor";
    ECHILD = 10, "child";
    EAGAIN = 11, "resource temporarily unavailable";
    ENOMEM = 12, "not enough memory";
    EACCES = 13, "permission denied";
    EFAULT = 14, "bad address in system call argument";
    EBUSY = 16, "resource busy or locked";
    EEXIST = 17, "file already exists";
    EXDEV = 18, "cross-device link not permitted";
    ENODEV = 19, "no such device";
    ENOTDIR = 20, "not a directory";
    EISDIR = 21, "illegal operation on a directory";
    EINVAL = 22, "invalid argument";
    ENFILE = 23, "file table overflow";
    EMFILE = 24, "too many open files";
    ENOTTY = 25, "inappropriate ioctl for device";
    ETXTBSY = 26, "text file is busy";
    EFBIG = 27, "file too large";
    ENOSPC = 28, "no space left on device";
    ESPIPE = 29, "invalid seek";
    EROFS = 30, "read-only file system";
    EMLINK = 31, "too many links";
    EPIPE = 32, "broken pipe";
    EDOM = 33, "dom";
    ERANGE = 34, "result too large";
    EDEADLK = 35, "deadlk";
    ENAMETOOLONG = 36, "name too long";
    ENOLCK = 37, "nolck";
    ENOSYS = 38, "function not implemented";
    ENOTEMPTY = 39, "directory not empty";
    ELOOP = 40, "too many symbolic links encountered";
    ENOMSG = 42, "nomsg";
    EIDRM = 43, "idrm";
    ENOSTR = 60, "nostr";
    ENODATA = 61, "no data available";
    ETIME = 62, "time";
    ENOSR = 63, "nosr";
    ENOLINK = 67, "nolink";
    EPROTO = 71, "protocol error";
    EMULTIHOP = 72, "multihop";
    EBADMSG = 74, "badmsg";
    EOVERFLOW = 75, "value too large for defined data type";
    EILSEQ = 84, "illegal byte sequence";
    ENOTSOCK = 88, "socket operation on non-socket";
    EDESTADDRREQ = 89, "destination address required";
    EMSGSIZE = 90, "message too long";
    EPROTOTYPE = 91, "protocol wrong type for socket";
    ENOPROTOOPT = 92, "protocol not available";
    EPROTONOSUPPORT = 93, "protocol not supported";
    ENOTSUP = 95, "operation not supported on socket";
    EAFNOSUPPORT = 97, "address family not supported";
    EADDRINUSE = 98, "address already in use";
    EADDRNOTAVAIL = 99, "address not available";
    ENETDOWN = 100, "network is down";
    ENETUNREACH = 101, "network is unreachable";
    ENETRESET = 102, "netreset";
    ECONNABORTED = 103, "software caused connection abort";
    ECONNRESET = 104, "connection reset by peer";
    ENOBUFS = 105, "no buffer space available";
    EISCONN = 106, "socket is already connected";
    ENOTCONN = 107, "socket is not connected";
    ETIMEDOUT = 110, "connection timed out";
    ECONNREFUSED = 111, "connection refused";
    EHOSTUNREACH = 113, "host is unreachable";
    EALREADY = 114, "connection already in progress";
    EINPROGRESS = 115, "inprogress";
    ESTALE = 116, "stale";
    EDQUOT = 122, "dquot";
    ECANCELED = 125, "operation canceled";
}
