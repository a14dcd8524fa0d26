//! `internalBinding('builtins')`: the modules of Node's library.

use rquickjs::{Ctx, Function, Object, Persistent, Result};

use super::method;
use crate::{Env, engine};

/// What `process.config` says of the build.
const CONFIG: &str = r#"{"target_defaults":{"cflags":[],"default_configuration":"Release","defines":[],"include_dirs":[],"libraries":[]},"variables":{"host_arch":"wasm32","target_arch":"wasm32","napi_build_version":"10","node_module_version":137,"node_shared":false,"node_use_amaro":true,"node_use_openssl":true,"node_use_bundled_v8":false,"v8_enable_i18n_support":INTL,"node_prefix":"/usr/local","node_builtin_shareable_builtins":[]}}"#;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    binding.set("builtinIds", env.host().builtin_ids())?;
    // Only browsers know the world's languages.
    binding.set("config", CONFIG.replace("INTL", if cfg!(target_family = "wasm") { "1" } else { "0" }))?;
    method(&binding, "compileFunction", |ctx: Ctx<'js>, id: String| {
        let env = Env::of(&ctx)?;
        engine::builtin(&ctx, &env, &id)
    })?;
    method(&binding, "setInternalLoaders", |ctx: Ctx<'js>, internal_binding: Function<'js>, require: Function<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        *env.internal_binding.borrow_mut() = Some(Persistent::save(&ctx, internal_binding));
        *env.require_builtin.borrow_mut() = Some(Persistent::save(&ctx, require));
        Ok(())
    })?;
    method(&binding, "hasCachedBuiltins", || true)?;
    // The library's texts are not part of the image: `process.binding('natives')` is empty.
    binding.set("natives", Object::new(ctx.clone())?)?;
    Ok(binding)
}
