//! Where a socket is. The container has one network interface, the loopback.

use std::net::{Ipv4Addr, Ipv6Addr};

use porthole_abi::{Address, Errno, address};
use rkyv::{Archive, Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Endpoint {
    V4([u8; 4], u16),
    V6([u8; 16], u16),
    /// A path in the file system; empty for a socket without a name.
    Path(Vec<u8>),
}

/// Which side of a connection an address is for: a wildcard listens everywhere and connects to the loopback.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Listen,
    Connect,
}

impl Endpoint {
    pub const NAMELESS: Endpoint = Endpoint::Path(Vec::new());

    /// Reads an address that a process names.
    ///
    /// # Errors
    /// `EINVAL`: not an address; `EAFNOSUPPORT`: an unknown family; `EADDRNOTAVAIL` (listen) or `ENETUNREACH` (connect): not of this container.
    pub fn parse(address: &Address, usage: Use) -> Result<Endpoint, Errno> {
        let text = std::str::from_utf8(&address.host).map_err(|_| Errno::EINVAL);
        let elsewhere = if usage == Use::Listen { Errno::EADDRNOTAVAIL } else { Errno::ENETUNREACH };
        match address.family {
            address::INET => {
                let ip = match text? {
                    "" => Ipv4Addr::UNSPECIFIED,
                    "localhost" => Ipv4Addr::LOCALHOST,
                    text => text.parse().map_err(|_| Errno::EINVAL)?,
                };
                let ip = if ip.is_unspecified() && usage == Use::Connect { Ipv4Addr::LOCALHOST } else { ip };
                if ip.is_loopback() || ip.is_unspecified() { Ok(Endpoint::V4(ip.octets(), address.port)) } else { Err(elsewhere) }
            }
            address::INET6 => {
                let text = text?;
                // `fe80::1%lo`: a scope says nothing where there is one interface.
                let ip = match text.split('%').next().unwrap_or_default() {
                    "" => Ipv6Addr::UNSPECIFIED,
                    "localhost" => Ipv6Addr::LOCALHOST,
                    text => text.parse().map_err(|_| Errno::EINVAL)?,
                };
                let ip = if ip.is_unspecified() && usage == Use::Connect { Ipv6Addr::LOCALHOST } else { ip };
                if let Some(mapped) = ip.to_ipv4_mapped() {
                    if !mapped.is_loopback() && !mapped.is_unspecified() {
                        return Err(elsewhere);
                    }
                } else if !ip.is_loopback() && !ip.is_unspecified() {
                    return Err(elsewhere);
                }
                Ok(Endpoint::V6(ip.octets(), address.port))
            }
            // What follows is the file system's.
            address::UNIX => Ok(Endpoint::Path(address.host.clone())),
            _ => Err(Errno::EAFNOSUPPORT),
        }
    }

    pub fn to_abi(&self) -> Address {
        match self {
            Endpoint::V4(ip, port) => Address { family: address::INET, host: Ipv4Addr::from(*ip).to_string().into_bytes(), port: *port },
            Endpoint::V6(ip, port) => Address { family: address::INET6, host: Ipv6Addr::from(*ip).to_string().into_bytes(), port: *port },
            Endpoint::Path(path) => Address { family: address::UNIX, host: path.clone(), port: 0 },
        }
    }

    /// 0 for a path.
    pub fn port(&self) -> u16 {
        match self {
            Endpoint::V4(_, port) | Endpoint::V6(_, port) => *port,
            Endpoint::Path(_) => 0,
        }
    }

    pub fn with_port(self, port: u16) -> Endpoint {
        match self {
            Endpoint::V4(ip, _) => Endpoint::V4(ip, port),
            Endpoint::V6(ip, _) => Endpoint::V6(ip, port),
            path => path,
        }
    }

    /// The IPv4 address that it is, or that it is mapped to (`::ffff:127.0.0.1`).
    fn v4(&self) -> Option<Ipv4Addr> {
        match self {
            Endpoint::V4(ip, _) => Some(Ipv4Addr::from(*ip)),
            Endpoint::V6(ip, _) => Ipv6Addr::from(*ip).to_ipv4_mapped(),
            Endpoint::Path(_) => None,
        }
    }

    fn is_v6_wildcard(&self) -> bool {
        matches!(self, Endpoint::V6(ip, _) if Ipv6Addr::from(*ip).is_unspecified())
    }

    /// Whether two listeners cannot both have these addresses (the ports are equal). `::` listens on IPv4 too, as Linux does by default.
    pub fn collides(&self, other: &Endpoint) -> bool {
        if self.is_v6_wildcard() || other.is_v6_wildcard() {
            return true;
        }
        match (self.v4(), other.v4()) {
            (Some(a), Some(b)) => a == b || a.is_unspecified() || b.is_unspecified(),
            (None, None) => self == other,
            _ => false,
        }
    }

    /// How well a listener here suits a connection to `target` (the ports are equal): 2 exactly, 1 as a wildcard, `None` not at all.
    pub fn suits(&self, target: &Endpoint) -> Option<u8> {
        match (self.v4(), target.v4()) {
            (Some(a), Some(b)) if a == b => Some(2),
            (Some(a), Some(_)) if a.is_unspecified() => Some(1),
            _ if self.is_v6_wildcard() => Some(1),
            (None, None) if self == target => Some(2),
            _ => None,
        }
    }

    /// The address as a socket of `listener`'s family reports it: an IPv6 listener sees IPv4 peers as mapped addresses.
    pub fn seen_by(&self, listener: &Endpoint) -> Endpoint {
        match (listener, self) {
            (Endpoint::V6(..), Endpoint::V4(ip, port)) => Endpoint::V6(Ipv4Addr::from(*ip).to_ipv6_mapped().octets(), *port),
            _ => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(family: u8, host: &str) -> Endpoint {
        Endpoint::parse(&Address { family, host: host.into(), port: 80 }, Use::Listen).unwrap()
    }

    #[test]
    fn wildcards_collide_with_what_they_cover() {
        let cases = [
            (at(4, "0.0.0.0"), at(4, "127.0.0.1"), true),
            (at(4, "127.0.0.1"), at(4, "127.0.0.2"), false),
            (at(6, "::"), at(4, "127.0.0.1"), true),
            (at(6, "::1"), at(4, "127.0.0.1"), false),
            (at(6, "::1"), at(4, "0.0.0.0"), false),
            (at(6, "::ffff:127.0.0.1"), at(4, "127.0.0.1"), true),
        ];
        for (a, b, expected) in cases {
            assert_eq!(a.collides(&b), expected, "{a:?} {b:?}");
            assert_eq!(b.collides(&a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn listeners_suit_what_they_cover() {
        assert_eq!(at(6, "::").suits(&at(4, "127.0.0.1")), Some(1));
        assert_eq!(at(6, "::").suits(&at(6, "::1")), Some(1));
        assert_eq!(at(4, "0.0.0.0").suits(&at(6, "::1")), None);
        assert_eq!(at(4, "0.0.0.0").suits(&at(4, "127.8.0.1")), Some(1));
        assert_eq!(at(4, "127.0.0.1").suits(&at(4, "127.0.0.1")), Some(2));
        assert_eq!(at(6, "::1").suits(&at(4, "127.0.0.1")), None);
    }

    #[test]
    fn other_hosts_are_not_here() {
        let far = Address { family: 4, host: b"10.0.0.1".to_vec(), port: 1 };
        assert_eq!(Endpoint::parse(&far, Use::Listen), Err(Errno::EADDRNOTAVAIL));
        assert_eq!(Endpoint::parse(&far, Use::Connect), Err(Errno::ENETUNREACH));
        let name = Address { family: 4, host: b"example.org".to_vec(), port: 1 };
        assert_eq!(Endpoint::parse(&name, Use::Connect), Err(Errno::EINVAL));
    }
}
