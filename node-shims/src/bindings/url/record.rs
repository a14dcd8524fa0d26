//! A URL as its parts, how it is written, and how one part is set.

use super::parser::{self, State};
use super::percent::{self, Set};

/// A part that a URL has not.
pub const OMITTED: u32 = u32::MAX;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// As of `mailto:`: one string that is not taken apart.
    Opaque(String),
    List(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub scheme: String,
    pub username: String,
    pub password: String,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub path: Path,
    pub query: Option<String>,
    pub fragment: Option<String>,
}

/// The library's `updateActions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Protocol,
    Host,
    Hostname,
    Port,
    Username,
    Password,
    Pathname,
    Search,
    Hash,
    Href,
}

impl Part {
    pub fn from_number(number: u32) -> Option<Self> {
        use Part::*;
        [Protocol, Host, Hostname, Port, Username, Password, Pathname, Search, Hash, Href].get(number as usize).copied()
    }
}

pub fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

pub fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

impl Record {
    pub fn empty() -> Self {
        Self {
            scheme: String::new(),
            username: String::new(),
            password: String::new(),
            host: None,
            port: None,
            path: Path::List(Vec::new()),
            query: None,
            fragment: None,
        }
    }

    pub fn is_special(&self) -> bool {
        is_special(&self.scheme)
    }

    pub fn has_credentials(&self) -> bool {
        !self.username.is_empty() || !self.password.is_empty()
    }

    pub fn has_opaque_path(&self) -> bool {
        matches!(self.path, Path::Opaque(_))
    }

    /// The URL in full, and where its parts lie in it: the end of the protocol, the end of the user name, the start of the host
    /// (at the `@` when there are credentials), its end, the port, the starts of path, query and fragment, the kind of scheme.
    pub fn serialize(&self) -> (String, [u32; 9]) {
        let mut out = String::with_capacity(64);
        out.push_str(&self.scheme);
        out.push(':');
        let protocol_end = out.len() as u32;
        let (mut username_end, mut host_start, mut host_end) = (protocol_end, protocol_end, protocol_end);
        if let Some(host) = &self.host {
            out.push_str("//");
            out.push_str(&self.username);
            username_end = out.len() as u32;
            if !self.password.is_empty() {
                out.push(':');
                out.push_str(&self.password);
            }
            host_start = out.len() as u32;
            if self.has_credentials() {
                out.push('@');
            }
            out.push_str(host);
            host_end = out.len() as u32;
            if let Some(port) = self.port {
                out.push(':');
                out.push_str(&port.to_string());
            }
        } else if let Path::List(path) = &self.path
            && path.len() > 1
            && path[0].is_empty()
        {
            // Lest the path be read as a host.
            out.push_str("/.");
        }
        let path_start = out.len() as u32;
        out.push_str(&self.pathname());
        let mut search_start = OMITTED;
        if let Some(query) = &self.query {
            search_start = out.len() as u32;
            out.push('?');
            out.push_str(query);
        }
        let mut hash_start = OMITTED;
        if let Some(fragment) = &self.fragment {
            hash_start = out.len() as u32;
            out.push('#');
            out.push_str(fragment);
        }
        let port = self.port.map_or(OMITTED, u32::from);
        let kind = match self.scheme.as_str() {
            "http" => 0,
            "https" => 2,
            "ws" => 3,
            "ftp" => 4,
            "wss" => 5,
            "file" => 6,
            _ => 1,
        };
        (out, [protocol_end, username_end, host_start, host_end, port, path_start, search_start, hash_start, kind])
    }

    pub fn pathname(&self) -> String {
        match &self.path {
            Path::Opaque(path) => path.clone(),
            Path::List(path) => path.iter().flat_map(|segment| ["/", segment]).collect(),
        }
    }

    /// `scheme://host:port`, of `blob:` that of the URL inside, else `null`.
    pub fn origin(&self) -> String {
        match (self.scheme.as_str(), &self.host) {
            ("blob", _) => match parser::parse(&self.pathname(), None) {
                Some(inner) if matches!(inner.scheme.as_str(), "http" | "https") => inner.origin(),
                _ => "null".to_owned(),
            },
            ("http" | "https" | "ws" | "wss" | "ftp", Some(host)) => {
                let port = self.port.map(|p| format!(":{p}")).unwrap_or_default();
                format!("{}://{host}{port}", self.scheme)
            }
            _ => "null".to_owned(),
        }
    }

    /// Sets one part as the attribute of that name does. False when the value was refused.
    pub fn set(&mut self, part: Part, value: &str) -> bool {
        match part {
            Part::Href => match parser::parse(value, None) {
                Some(url) => *self = url,
                None => return false,
            },
            Part::Protocol => {
                return value.is_empty() || parser::parse_part(&format!("{value}:"), self, State::SchemeStart).is_some();
            }
            Part::Username | Part::Password => {
                if self.host.as_deref().is_none_or(str::is_empty) || self.scheme == "file" {
                    return false;
                }
                let value = percent::encode(value, Set::Userinfo);
                if part == Part::Username {
                    self.username = value;
                } else {
                    self.password = value;
                }
            }
            Part::Host | Part::Hostname => {
                if self.has_opaque_path() {
                    return false;
                }
                let state = if part == Part::Host { State::Host } else { State::Hostname };
                let hostless = self.host.is_none();
                let set = parser::parse_part(value, self, state).is_some();
                if hostless && self.host.as_deref() == Some("") {
                    // Node's parser gives no empty host to a URL that has none, where the standard would.
                    self.host = None;
                }
                return set;
            }
            Part::Port => {
                if self.host.as_deref().is_none_or(str::is_empty) || self.scheme == "file" {
                    return false;
                }
                if value.is_empty() {
                    self.port = None;
                } else if !value.trim_matches(['\t', '\n', '\r']).is_empty() {
                    return parser::parse_part(value, self, State::Port).is_some();
                }
            }
            Part::Pathname => {
                if self.has_opaque_path() {
                    return false;
                }
                self.path = Path::List(Vec::new());
                let _ = parser::parse_part(value, self, State::PathStart);
            }
            Part::Search => {
                self.query = None;
                if !value.is_empty() {
                    self.query = Some(String::new());
                    let _ = parser::parse_part(value.strip_prefix('?').unwrap_or(value), self, State::Query);
                }
            }
            Part::Hash => {
                self.fragment = None;
                if !value.is_empty() {
                    self.fragment = Some(String::new());
                    let _ = parser::parse_part(value.strip_prefix('#').unwrap_or(value), self, State::Fragment);
                }
            }
        }
        true
    }
}
