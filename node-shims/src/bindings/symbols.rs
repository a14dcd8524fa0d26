//! Symbols that Node's library and its bindings share.

use rquickjs::{Ctx, Object, Result};

use crate::{Env, raw};

/// Names of properties that no script may see. Node uses V8's private symbols; so do we with QuickJS' (see [`raw::private_symbols`]).
const PRIVATE: &[&str] = &[
    "arrow_message_private_symbol",
    "contextify_context_private_symbol",
    "decorated_private_symbol",
    "transfer_mode_private_symbol",
    "host_defined_option_symbol",
    "js_transferable_wrapper_private_symbol",
    "entry_point_module_private_symbol",
    "entry_point_promise_private_symbol",
    "module_source_private_symbol",
    "module_export_names_private_symbol",
    "module_circular_visited_private_symbol",
    "module_export_private_symbol",
    "module_first_parent_private_symbol",
    "module_last_parent_private_symbol",
    "napi_type_tag",
    "napi_wrap",
    "untransferable_object_private_symbol",
    "exit_info_private_symbol",
    "promise_trace_id",
    "source_map_data_private_symbol",
];

const ISOLATE: &[&str] = &[
    "fs_use_promises_symbol",
    "async_id_symbol",
    "constructor_key_symbol",
    "handle_onclose_symbol",
    "no_message_symbol",
    "messaging_deserialize_symbol",
    "imported_cjs_symbol",
    "messaging_transfer_symbol",
    "messaging_clone_symbol",
    "messaging_transfer_list_symbol",
    "oninit_symbol",
    "owner_symbol",
    "onpskexchange_symbol",
    "resource_symbol",
    "trigger_async_id_symbol",
    "source_text_module_default_hdo",
    "vm_context_no_contextify",
    "vm_dynamic_import_default_internal",
    "vm_dynamic_import_main_context_default",
    "vm_dynamic_import_missing_flag",
    "vm_dynamic_import_no_callback",
];

/// `privateSymbols`, as the per-context scripts and `internalBinding('util')` have them.
pub fn private<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    raw::private_symbols(ctx, PRIVATE)
}

/// `perIsolateSymbols`.
pub fn isolate<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let symbols = Object::new(ctx.clone())?;
    let symbol: rquickjs::Function = ctx.globals().get("Symbol")?;
    for name in ISOLATE {
        symbols.set(*name, symbol.call::<_, rquickjs::Value>((public_name(name),))?)?;
    }
    Ok(symbols)
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    let isolate = env.isolate_symbols.borrow().clone();
    if let Some(isolate) = isolate {
        let isolate = isolate.restore(ctx)?;
        for name in ISOLATE {
            binding.set(public_name(name), isolate.get::<_, rquickjs::Value>(*name)?)?;
        }
    }
    Ok(binding)
}

/// Four symbols go by a shorter name in the binding.
fn public_name(name: &str) -> &str {
    match name {
        "handle_onclose_symbol" => "handle_onclose",
        "oninit_symbol" => "oninit",
        "onpskexchange_symbol" => "onpskexchange",
        name => name,
    }
}
