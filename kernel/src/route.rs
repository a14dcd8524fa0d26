//! Addresses of ports below the service worker's scope.
//!
//! The service worker's script decides in the turn in which a request arrives, before any wasm runs, whether it answers; what an address below `~/` means is said here. The
//! kernel's endpoints (`~k/`) are the script's own and not in this table.

use matchit::Router;

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'p> {
    pub container: &'p str,
    pub port: u16,
    /// What follows the slash after the port. `None`: that slash is missing, which relative links need.
    pub rest: Option<&'p str>,
}

/// The longest name of a container.
pub const MAX_NAME: usize = 63;

enum Kind {
    Port,
    Bare,
    Container,
    Top,
}

/// The table of addresses.
pub struct Routes(Router<Kind>);

impl Default for Routes {
    fn default() -> Self {
        let mut router = Router::new();
        let table = [
            ("~/{container}/{port}/{*rest}", Kind::Port),
            ("~/{container}/{port}/", Kind::Port),
            ("~/{container}/{port}", Kind::Bare),
            ("~/{container}/", Kind::Container),
            ("~/{container}", Kind::Container),
            ("~/", Kind::Top),
        ];
        for (pattern, kind) in table {
            // The patterns are constant and do not overlap; the tests below would fail if one were refused.
            let inserted = router.insert(pattern, kind);
            debug_assert!(inserted.is_ok(), "{pattern}");
        }
        Self(router)
    }
}

impl Routes {
    /// Where a path below the scope leads (no leading slash, no query).
    ///
    /// # Errors
    /// Tells people what is wrong with the address.
    pub fn find<'p>(&self, path: &'p str) -> Result<Route<'p>, String> {
        let found = self.0.at(path).map_err(|_| format!("“{}” is no port of a container, as ~/main/3000/ is.", shortened(path)))?;
        let part = |name| found.params.get(name).unwrap_or_default();
        let container = || name(part("container"));
        match found.value {
            Kind::Port => Ok(Route { container: container()?, port: port(part("port"))?, rest: Some(part("rest")) }),
            Kind::Bare => Ok(Route { container: container()?, port: port(part("port"))?, rest: None }),
            Kind::Container => {
                let container = container()?;
                Err(format!("This address names the container {container} but no port. Try ~/{container}/3000/ for port 3000."))
            }
            Kind::Top => Err("This address names neither a container nor a port. Try ~/main/3000/.".into()),
        }
    }
}

/// A container's name, as it may stand in an address: 1 to 63 of `a-z A-Z 0-9 . _ -`, the first a letter, a digit or `_`.
fn name(text: &str) -> Result<&str, String> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if first && rest && text.len() <= MAX_NAME {
        return Ok(text);
    }
    Err(format!("“{}” is no container's name: those have 1 to {MAX_NAME} letters, digits, dots, dashes and underscores.", shortened(text)))
}

/// A port in an address: 1 to 65535 in decimal, without a leading zero.
fn port(text: &str) -> Result<u16, String> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(format!("“{}” is no port: ports are the numbers 1 to 65535.", shortened(text))),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Path below the scope, where it leads.
    const TABLE: &str = include_str!("../tests/addresses.txt");

    fn told(path: &str) -> String {
        match Routes::default().find(path) {
            Ok(Route { container, port, rest: Some(rest) }) => format!("port {container} {port} /{rest}"),
            Ok(Route { container, port, rest: None }) => format!("bare {container} {port}"),
            Err(wrong) => wrong,
        }
    }

    #[test]
    fn addresses_lead_where_the_table_says() {
        let mut rows = 0;
        for row in TABLE.lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
            let (path, expected) = row.split_once('\t').unwrap();
            assert_eq!(told(path), expected, "{path:?}");
            rows += 1;
        }
        assert!(rows > 20);
    }

    #[test]
    fn what_is_told_of_a_long_address_is_short() {
        assert!(told(&format!("~/main/{}/", "9".repeat(5000))).chars().count() < 150);
        assert!(told(&format!("elsewhere{}", "ü".repeat(5000))).chars().count() < 150);
    }
}
