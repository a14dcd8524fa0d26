//! Helps a Rust type be a JavaScript class without values of the engine inside.

/// Implements what `rquickjs` asks of such a class: its name; a constructor, if scripts may call one; the methods on its prototype, if it has any.
macro_rules! plain_class {
    ($type:ident, $name:literal) => {
        plain_class!($type, $name, |_ctx, _prototype| {});
    };
    ($type:ident, $name:literal, |$ctx:ident, $prototype:ident| $methods:block) => {
        plain_class!(@ $type, $name, |_ctx| None, |$ctx, $prototype| $methods);
    };
    ($type:ident, $name:literal, $construct:expr, |$ctx:ident, $prototype:ident| $methods:block) => {
        plain_class!(@ $type, $name, |ctx| Some(rquickjs::function::Constructor::new_class::<Self, _, _>(ctx.clone(), $construct)?), |$ctx, $prototype| $methods);
    };
    (@ $type:ident, $name:literal, |$outer:ident| $constructor:expr, |$ctx:ident, $prototype:ident| $methods:block) => {
        impl<'js> rquickjs::class::Trace<'js> for $type {
            fn trace<'a>(&self, _tracer: rquickjs::class::Tracer<'a, 'js>) {}
        }

        // SAFETY: the type holds nothing of the engine.
        unsafe impl<'js> rquickjs::JsLifetime<'js> for $type {
            type Changed<'to> = $type;
        }

        impl<'js> rquickjs::class::JsClass<'js> for $type {
            const NAME: &'static str = $name;
            type Mutable = rquickjs::class::Writable;

            fn prototype($ctx: &rquickjs::Ctx<'js>) -> rquickjs::Result<Option<rquickjs::Object<'js>>> {
                let $prototype = rquickjs::Object::new($ctx.clone())?;
                $methods
                Ok(Some($prototype))
            }

            fn constructor($outer: &rquickjs::Ctx<'js>) -> rquickjs::Result<Option<rquickjs::function::Constructor<'js>>> {
                Ok($constructor)
            }
        }
    };
}

pub(crate) use plain_class;
