//! Where a socket is.

crate::record! {
    /// A socket's address. `family` is 4 (IPv4), 6 (IPv6) or 1 (a path in the file system).
    pub struct Address {
        family: u8,
        /// Textual IP address, or the path for family 1.
        host: Vec<u8>,
        /// 0 for family 1, or to let the kernel choose.
        port: u16,
    }
}

pub const INET: u8 = 4;
pub const INET6: u8 = 6;
pub const UNIX: u8 = 1;
