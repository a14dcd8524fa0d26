//! `internalBinding('modules')`: `package.json` files.

use std::collections::BTreeMap;

use rquickjs::{Ctx, Error, Object, Result, Value};

use super::method;
use crate::Env;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    // The text of a file, or nothing. Files are asked for once: a package's description does not change under a running program.
    method(&binding, "readText", |ctx: Ctx<'js>, path: String| -> Result<Value<'js>> {
        let env = Env::of(&ctx)?;
        let known = env.packages.borrow().get(&path).cloned();
        let text = match known {
            Some(text) => text,
            None => {
                let text = env.contents(path.as_bytes(), 1 << 24).ok().map(|data| String::from_utf8_lossy(&data).into_owned());
                env.packages.borrow_mut().insert(path, text.clone());
                text
            }
        };
        match text {
            Some(text) => Ok(rquickjs::String::from_str(ctx, &text)?.into_value()),
            None => Ok(Value::new_undefined(ctx)),
        }
    })?;
    super::script(ctx, "modules", &binding)?;
    Ok::<_, Error>(binding)
}

/// Texts of `package.json` files by path; `None`: there is none.
pub type Packages = BTreeMap<String, Option<String>>;
