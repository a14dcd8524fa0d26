//! Addresses below the service worker's scope: ports of containers, and the kernel's own endpoints.
//!
//! The service worker's script decides by the same rules, in the same turn in which it gets a request and before any wasm runs (`sw/src/fetch/address.ts`);
//! `sw/test/addresses.txt` holds both to one table.

use matchit::Router;

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'p> {
    /// `~/main/3000/rest`. `rest` has no leading slash.
    Port { container: &'p str, port: u16, rest: &'p str },
    /// `~/main/3000`: the slash is missing that relative links need. Redirect.
    Bare { container: &'p str, port: u16 },
    /// `~k/rest`.
    Kernel { rest: &'p str },
}

/// An answer that Porthole gives itself, as a small page of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    pub title: String,
    pub text: String,
}

/// The longest name of a container.
pub const MAX_NAME: usize = 63;

enum Kind {
    Port,
    Bare,
    Container,
    Top,
    Kernel,
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
            ("~k/{*rest}", Kind::Kernel),
            ("~k/", Kind::Kernel),
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
    /// A page that tells what is wrong with the address.
    pub fn find<'p>(&self, path: &'p str) -> Result<Route<'p>, Page> {
        let found = self.0.at(path).map_err(|_| Page::unknown(path))?;
        let part = |name| found.params.get(name).unwrap_or_default();
        let container = || name(part("container"));
        Ok(match found.value {
            Kind::Port => Route::Port { container: container()?, port: port(part("port"))?, rest: part("rest") },
            Kind::Bare => Route::Bare { container: container()?, port: port(part("port"))? },
            Kind::Kernel => Route::Kernel { rest: part("rest") },
            Kind::Container => {
                let container = container()?;
                return Err(Page::not_found(format!(
                    "This address names the container {container} but no port. Try ~/{container}/3000/ for port 3000."
                )));
            }
            Kind::Top => return Err(Page::not_found("This address names neither a container nor a port. Try ~/main/3000/.".into())),
        })
    }
}

/// A container's name, as it may stand in an address: 1 to 63 of `a-z A-Z 0-9 . _ -`, the first a letter, a digit or `_`.
///
/// # Errors
/// A page that tells what is wrong with it.
pub fn name(text: &str) -> Result<&str, Page> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if first && rest && text.len() <= MAX_NAME {
        return Ok(text);
    }
    Err(Page::not_found(format!(
        "“{}” is no container's name: those have 1 to {MAX_NAME} letters, digits, dots, dashes and underscores.",
        shortened(text)
    )))
}

/// A port in an address: 1 to 65535 in decimal, without a leading zero.
///
/// # Errors
/// A page that tells what is wrong with it.
pub fn port(text: &str) -> Result<u16, Page> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(Page::not_found(format!("“{}” is no port: ports are the numbers 1 to 65535.", shortened(text)))),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

impl Page {
    fn not_found(text: String) -> Self {
        Self { status: 404, title: "Not found".into(), text }
    }

    fn unknown(path: &str) -> Self {
        Self::not_found(format!("“{}” is neither a port of a container (~/main/3000/) nor an endpoint of the kernel (~k/).", shortened(path)))
    }

    /// Nobody listens, the guest closed, or its answer made no sense: `reason` says which.
    pub fn bad_gateway(port: u16, reason: &str) -> Self {
        Self { status: 502, title: format!("No answer from port {port}"), text: reason.into() }
    }

    /// The page as HTML, complete with its style.
    pub fn html(&self) -> String {
        let (title, text) = (escaped(&self.title), escaped(&self.text));
        format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
             <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}}\
             h1{{font-size:1.25rem}}p{{opacity:.8;overflow-wrap:anywhere}}</style><h1>{} · {title}</h1><p>{text}</p></html>\n",
            self.status
        )
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table that the service worker's script is held to as well: path below the scope, a tab, what it is.
    const TABLE: &str = include_str!("../../sw/test/addresses.txt");

    fn told(path: &str) -> String {
        match Routes::default().find(path) {
            Ok(Route::Port { container, port, rest }) => format!("port {container} {port} /{rest}"),
            Ok(Route::Bare { container, port }) => format!("bare {container} {port}"),
            Ok(Route::Kernel { rest }) => format!("kernel {rest}").trim_end().into(),
            Err(page) => page.status.to_string(),
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
    fn pages_say_what_was_wrong_and_carry_no_markup_of_the_address() {
        let page = Routes::default().find("~/main/<script>/").unwrap_err();
        let html = page.html();
        assert!(html.contains("“&lt;script&gt;” is no port"), "{html}");
        assert!(!html.contains("<script>"));
    }
}
