//! Where addresses lead, for the part of the service worker that answers `fetch`.

use porthole_kernel::route::Routes;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

thread_local! {
    static ROUTES: Routes = Routes::default();
}

/// A port's address, taken apart.
#[wasm_bindgen(getter_with_clone)]
pub struct Route {
    pub container: String,
    pub port: u16,
    /// As the guest shall see it, without query. `undefined`: the slash after the port is missing that relative links need.
    pub path: Option<String>,
}

/// Where a path below the scope leads (no leading slash, no query).
///
/// # Errors
/// Tells people what is wrong with the address.
#[wasm_bindgen]
pub fn route(path: &str) -> Result<Route, JsError> {
    let found =
        ROUTES.with(|routes| routes.find(path).map(|found| (found.container.to_owned(), found.port, found.rest.map(|rest| format!("/{rest}")))));
    let (container, port, path) = found.map_err(|wrong| JsError::new(&wrong))?;
    Ok(Route { container, port, path })
}
