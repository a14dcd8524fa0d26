//! `internalBinding('types')`: what a value is inside, whatever it says of itself.

use rquickjs::function::Opt;
use rquickjs::{Ctx, Object, Result, Value, qjs};

use super::method;
use crate::raw::class_id;

/// Functions with an example of each class that they say yes to.
const CLASSES: &[(&str, &[&str])] = &[
    ("isArgumentsObject", &["(function(){return arguments})()", "(function(){'use strict';return arguments})()"]),
    ("isArrayBuffer", &["new ArrayBuffer(0)"]),
    ("isAsyncFunction", &["async function(){}", "async()=>{}", "async function*(){}"]),
    ("isBigIntObject", &["Object(1n)"]),
    ("isBooleanObject", &["Object(true)"]),
    ("isDataView", &["new DataView(new ArrayBuffer(0))"]),
    ("isDate", &["new Date(0)"]),
    ("isGeneratorFunction", &["function*(){}", "async function*(){}"]),
    ("isGeneratorObject", &["(function*(){})()", "(async function*(){})()"]),
    ("isMap", &["new Map"]),
    ("isMapIterator", &["new Map().keys()"]),
    ("isNativeError", &["new Error"]),
    ("isNumberObject", &["Object(1)"]),
    ("isPromise", &["Promise.resolve()"]),
    ("isRegExp", &["/x/"]),
    ("isSet", &["new Set"]),
    ("isSetIterator", &["new Set().keys()"]),
    ("isSharedArrayBuffer", &["new SharedArrayBuffer(0)"]),
    ("isStringObject", &["Object('')"]),
    ("isSymbolObject", &["Object(Symbol())"]),
    ("isWeakMap", &["new WeakMap"]),
    ("isWeakSet", &["new WeakSet"]),
    ("isAnyArrayBuffer", &["new ArrayBuffer(0)", "new SharedArrayBuffer(0)"]),
    ("isBoxedPrimitive", &["Object(1)", "Object('')", "Object(true)", "Object(1n)", "Object(Symbol())"]),
];

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    fill(ctx, &binding)?;
    Ok(binding)
}

/// Adds the functions to `binding`; `internalBinding('util')` has some of them too.
pub fn fill<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    for (name, examples) in CLASSES {
        let mut classes = Vec::new();
        for example in *examples {
            let value: Value = ctx.eval(format!("({example})"))?;
            classes.push(class_id(&value));
        }
        method(binding, name, move |value: Opt<Value<'js>>| value.0.is_some_and(|value| classes.contains(&class_id(&value))))?;
    }
    let namespace = class_id(&super::module_wrap::empty_namespace(ctx)?);
    method(binding, "isModuleNamespaceObject", move |value: Opt<Value<'js>>| value.0.is_some_and(|value| class_id(&value) == namespace))?;
    // SAFETY: reads the value only.
    method(binding, "isProxy", |value: Opt<Value<'js>>| value.0.is_some_and(|value| unsafe { qjs::JS_IsProxy(value.as_raw()) }))?;
    method(binding, "isExternal", |_value: Opt<Value<'js>>| false)
}
