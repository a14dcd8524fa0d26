//! The global object of a context of `vm`: a window on the object that was made a context, with the context's own global object behind it.
//!
//! What is read is looked for in the sandbox (and what it inherits from), then in the global object behind, then in what the window inherits from.
//! What is written goes to both, as in V8, where a property that the interceptor has set is set on the global object as well: so a script still
//! has what it made after it was deleted from outside. The rules are those of Node's `node_contextify.cc`.

use std::ffi::c_int;

use rquickjs::{Ctx, Error, Object, Result, Value, qjs};

use crate::raw;

unsafe extern "C" {
    /// Takes the object over.
    fn JS_SetGlobalObject(ctx: *mut qjs::JSContext, object: qjs::JSValue);
    /// `[[Set]]` of `object`, which takes the value over.
    fn JS_PutProperty(
        ctx: *mut qjs::JSContext,
        object: qjs::JSValue,
        name: qjs::JSAtom,
        value: qjs::JSValue,
        receiver: qjs::JSValue,
        flags: c_int,
    ) -> c_int;
    /// `false`, or -1 and an error where the flags ask for one.
    fn JS_RefuseProperty(ctx: *mut qjs::JSContext, flags: c_int, name: qjs::JSAtom, redefined: bool) -> c_int;
}

type Context = *mut qjs::JSContext;
type Descriptor = qjs::JSPropertyDescriptor;

/// What a window shows. It lives as long as the process, like its context.
struct Window {
    sandbox: qjs::JSValue,
    own: qjs::JSValue,
}

const THROW: c_int = (qjs::JS_PROP_THROW | qjs::JS_PROP_THROW_STRICT) as c_int;
const HAS_ALL: c_int = (qjs::JS_PROP_HAS_CONFIGURABLE | qjs::JS_PROP_HAS_ENUMERABLE) as c_int;

/// The class of windows, registered by the first.
#[derive(Default)]
pub struct Class(std::cell::Cell<qjs::JSClassID>);

/// Puts a window on `sandbox` before the global object of `fresh`, and gives it.
///
/// # Errors
/// The engine's, when memory runs out.
pub fn open<'js>(fresh: &Ctx<'js>, class: &Class, own: &Object<'js>, sandbox: &Object<'js>) -> Result<Object<'js>> {
    let ctx = fresh.as_raw().as_ptr();
    // SAFETY: values of live contexts of one runtime; the window's references are its own, and never given back.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx);
        if class.0.get() == 0 {
            let mut id = 0;
            qjs::JS_NewClassID(runtime, &mut id);
            let exotic = Box::leak(Box::new(qjs::JSClassExoticMethods {
                get_own_property: Some(get_own_property),
                get_own_property_names: Some(get_own_property_names),
                delete_property: Some(delete_property),
                define_own_property: Some(define_own_property),
                has_property: Some(has_property),
                get_property: Some(get_property),
                set_property: Some(set_property),
            }));
            let definition = qjs::JSClassDef { class_name: c"Object".as_ptr(), finalizer: None, gc_mark: None, call: None, exotic };
            if qjs::JS_NewClass(runtime, id, &definition) < 0 {
                return Err(Error::Exception);
            }
            class.0.set(id);
        }
        let prototype = raw::take(fresh, qjs::JS_GetPrototype(ctx, own.as_raw()))?;
        let window = raw::take(fresh, qjs::JS_NewObjectProtoClass(ctx, prototype.as_raw(), class.0.get()))?;
        own.set_prototype(None)?;
        let shown = Box::new(Window { sandbox: qjs::JS_DupValue(ctx, sandbox.as_raw()), own: qjs::JS_DupValue(ctx, own.as_raw()) });
        qjs::JS_SetOpaque(window.as_raw(), Box::into_raw(shown).cast());
        own.prop("globalThis", rquickjs::object::Property::from(window.clone()).writable().configurable())?;
        JS_SetGlobalObject(ctx, qjs::JS_DupValue(ctx, window.as_raw()));
        window.into_object().ok_or(Error::Unknown)
    }
}

/// What the window shows.
///
/// # Safety
/// `object` is a window: the engine calls the functions of its class with no other.
unsafe fn of<'a>(object: qjs::JSValue) -> Option<&'a Window> {
    let mut class = 0;
    // SAFETY: the opaque of a window is a leaked `Window`, null while it is being made.
    unsafe { qjs::JS_GetAnyOpaque(object, &mut class).cast::<Window>().as_ref() }
}

fn same(one: qjs::JSValue, other: qjs::JSValue) -> bool {
    // SAFETY: compares tags and pointers.
    unsafe { qjs::JS_IsObject(one) && qjs::JS_IsObject(other) && qjs::JS_VALUE_GET_PTR(one) == qjs::JS_VALUE_GET_PTR(other) }
}

fn empty() -> Descriptor {
    Descriptor { flags: 0, value: qjs::JS_UNDEFINED, getter: qjs::JS_UNDEFINED, setter: qjs::JS_UNDEFINED }
}

/// An object's own property; `Err` where asking threw.
unsafe fn own(ctx: Context, object: qjs::JSValue, name: qjs::JSAtom) -> std::result::Result<Option<Descriptor>, ()> {
    let mut found = empty();
    // SAFETY: fills the descriptor with references that are ours, when it answers above zero.
    match unsafe { qjs::JS_GetOwnProperty(ctx, &mut found, object, name) } {
        0 => Ok(None),
        answer if answer > 0 => Ok(Some(found)),
        _ => Err(()),
    }
}

/// A property of an object or of what it inherits from.
unsafe fn inherited(ctx: Context, object: qjs::JSValue, name: qjs::JSAtom) -> std::result::Result<Option<Descriptor>, ()> {
    // SAFETY: each object on the way is held while it is asked.
    unsafe {
        let mut at = qjs::JS_DupValue(ctx, object);
        while qjs::JS_IsObject(at) {
            let found = own(ctx, at, name);
            if !matches!(found, Ok(None)) {
                qjs::JS_FreeValue(ctx, at);
                return found;
            }
            let next = qjs::JS_GetPrototype(ctx, at);
            qjs::JS_FreeValue(ctx, at);
            at = next;
        }
        if qjs::JS_IsException(at) { Err(()) } else { Ok(None) }
    }
}

unsafe fn free(ctx: Context, found: Descriptor) {
    // SAFETY: the references are the descriptor's own.
    unsafe {
        qjs::JS_FreeValue(ctx, found.value);
        qjs::JS_FreeValue(ctx, found.getter);
        qjs::JS_FreeValue(ctx, found.setter);
    }
}

fn is_accessor(found: &Descriptor) -> bool {
    found.flags & qjs::JS_PROP_TMASK as c_int == qjs::JS_PROP_GETSET as c_int
}

fn is_read_only(found: &Descriptor) -> bool {
    !is_accessor(found) && found.flags & qjs::JS_PROP_WRITABLE as c_int == 0
}

/// The value of a property, by its getter where it has one. Takes the descriptor over.
unsafe fn value_of(ctx: Context, found: Descriptor, receiver: qjs::JSValue) -> qjs::JSValue {
    // SAFETY: the getter is held while it runs.
    unsafe {
        if !is_accessor(&found) {
            return found.value;
        }
        let value = match qjs::JS_IsUndefined(found.getter) {
            true => qjs::JS_UNDEFINED,
            false => qjs::JS_Call(ctx, found.getter, receiver, 0, std::ptr::null_mut()),
        };
        free(ctx, found);
        value
    }
}

/// Sets by a property's setter, which may be missing. Takes the descriptor over.
unsafe fn by_setter(ctx: Context, found: Descriptor, name: qjs::JSAtom, value: qjs::JSValue, receiver: qjs::JSValue, flags: c_int) -> c_int {
    // SAFETY: the setter is held while it runs.
    unsafe {
        let answer = if qjs::JS_IsUndefined(found.setter) {
            JS_RefuseProperty(ctx, flags, name, false)
        } else {
            let mut arguments = [value];
            let result = qjs::JS_Call(ctx, found.setter, receiver, 1, arguments.as_mut_ptr());
            let failed = qjs::JS_IsException(result);
            qjs::JS_FreeValue(ctx, result);
            if failed { -1 } else { 1 }
        };
        free(ctx, found);
        answer
    }
}

/// A property that the window itself has: the sandbox's own, else that of the global object behind.
unsafe fn shown(ctx: Context, window: &Window, name: qjs::JSAtom) -> std::result::Result<Option<Descriptor>, ()> {
    // SAFETY: both objects live as long as the window.
    unsafe {
        match own(ctx, window.sandbox, name)? {
            None => own(ctx, window.own, name),
            found => Ok(found),
        }
    }
}

unsafe extern "C" fn get_own_property(ctx: Context, descriptor: *mut Descriptor, object: qjs::JSValue, name: qjs::JSAtom) -> c_int {
    // SAFETY: called by the engine with a window, and null or the place for a descriptor.
    unsafe {
        let Some(window) = of(object) else { return 0 };
        match shown(ctx, window, name) {
            Err(()) => -1,
            Ok(None) => 0,
            Ok(Some(found)) => {
                match descriptor.is_null() {
                    true => free(ctx, found),
                    false => *descriptor = found,
                }
                1
            }
        }
    }
}

unsafe extern "C" fn get_own_property_names(ctx: Context, table: *mut *mut qjs::JSPropertyEnum, len: *mut u32, object: qjs::JSValue) -> c_int {
    // SAFETY: called by the engine with a window and the places for a table and its length.
    unsafe {
        let Some(window) = of(object) else { return -1 };
        let mut names: Vec<qjs::JSAtom> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for from in [window.own, window.sandbox] {
            let (mut part, mut count) = (std::ptr::null_mut(), 0);
            let flags = (qjs::JS_GPN_STRING_MASK | qjs::JS_GPN_SYMBOL_MASK) as c_int;
            if qjs::JS_GetOwnPropertyNames(ctx, &mut part, &mut count, from, flags) < 0 {
                names.into_iter().for_each(|name| qjs::JS_FreeAtom(ctx, name));
                return -1;
            }
            for index in 0..count as usize {
                let name = (*part.add(index)).atom;
                if known.insert(name) {
                    names.push(qjs::JS_DupAtom(ctx, name));
                }
            }
            qjs::JS_FreePropertyEnum(ctx, part, count);
        }
        let all = qjs::js_malloc(ctx, (names.len().max(1) * size_of::<qjs::JSPropertyEnum>()) as _).cast::<qjs::JSPropertyEnum>();
        if all.is_null() {
            names.into_iter().for_each(|name| qjs::JS_FreeAtom(ctx, name));
            return -1;
        }
        *len = names.len() as u32;
        for (index, name) in names.into_iter().enumerate() {
            all.add(index).write(qjs::JSPropertyEnum { is_enumerable: false, atom: name });
        }
        *table = all;
        0
    }
}

unsafe extern "C" fn delete_property(ctx: Context, object: qjs::JSValue, name: qjs::JSAtom) -> c_int {
    // SAFETY: called by the engine with a window.
    unsafe {
        let Some(window) = of(object) else { return 0 };
        match qjs::JS_DeleteProperty(ctx, window.sandbox, name, 0) {
            1 => qjs::JS_DeleteProperty(ctx, window.own, name, 0),
            answer => answer,
        }
    }
}

unsafe extern "C" fn define_own_property(
    ctx: Context,
    object: qjs::JSValue,
    name: qjs::JSAtom,
    value: qjs::JSValue,
    getter: qjs::JSValue,
    setter: qjs::JSValue,
    flags: c_int,
) -> c_int {
    // SAFETY: called by the engine with a window and values that it keeps.
    unsafe {
        let Some(window) = of(object) else { return 0 };
        let Ok(before) = own(ctx, window.own, name) else { return -1 };
        let is_new = before.is_none();
        if let Some(before) = before {
            let is_fixed = is_read_only(&before) && before.flags & qjs::JS_PROP_CONFIGURABLE as c_int == 0;
            free(ctx, before);
            if is_fixed {
                return qjs::JS_DefineProperty(ctx, window.own, name, value, getter, setter, flags);
            }
        }
        match qjs::JS_DefineProperty(ctx, window.sandbox, name, value, getter, setter, flags & !THROW) {
            0 => return JS_RefuseProperty(ctx, flags, name, true),
            answer if answer < 0 => return answer,
            _ => {}
        }
        if !is_new {
            return qjs::JS_DefineProperty(ctx, window.own, name, value, getter, setter, flags);
        }
        // What is not said of a property that the sandbox has already is as it is there.
        match own(ctx, window.sandbox, name) {
            Err(()) => -1,
            Ok(None) => qjs::JS_DefineProperty(ctx, window.own, name, value, getter, setter, flags),
            Ok(Some(whole)) => {
                let kind = match is_accessor(&whole) {
                    true => qjs::JS_PROP_HAS_GET | qjs::JS_PROP_HAS_SET,
                    false => qjs::JS_PROP_HAS_VALUE | qjs::JS_PROP_HAS_WRITABLE,
                };
                let all = (whole.flags & qjs::JS_PROP_C_W_E as c_int) | HAS_ALL | kind as c_int | (flags & THROW);
                let answer = qjs::JS_DefineProperty(ctx, window.own, name, whole.value, whole.getter, whole.setter, all);
                free(ctx, whole);
                answer
            }
        }
    }
}

unsafe extern "C" fn has_property(ctx: Context, object: qjs::JSValue, name: qjs::JSAtom) -> c_int {
    // SAFETY: called by the engine with a window.
    unsafe {
        let Some(window) = of(object) else { return 0 };
        match shown(ctx, window, name) {
            Err(()) => return -1,
            Ok(Some(found)) => {
                free(ctx, found);
                return 1;
            }
            Ok(None) => {}
        }
        let prototype = qjs::JS_GetPrototype(ctx, object);
        let answer = if qjs::JS_IsObject(prototype) { qjs::JS_HasProperty(ctx, prototype, name) } else { 0 };
        qjs::JS_FreeValue(ctx, prototype);
        answer
    }
}

/// Uninitialized where there is no such property: the engine makes `undefined` or a `ReferenceError` of it.
unsafe extern "C" fn get_property(ctx: Context, object: qjs::JSValue, name: qjs::JSAtom, receiver: qjs::JSValue) -> qjs::JSValue {
    // SAFETY: called by the engine with a window.
    unsafe {
        let Some(window) = of(object) else { return qjs::JS_UNINITIALIZED };
        // A proxy answers by its `get`, for whatever it is asked.
        if qjs::JS_IsProxy(window.sandbox) {
            match by_proxy(ctx, window.sandbox, name) {
                Err(()) => return qjs::JS_EXCEPTION,
                Ok(Some(value)) => return value,
                Ok(None) => {}
            }
        } else {
            match inherited(ctx, window.sandbox, name) {
                Err(()) => return qjs::JS_EXCEPTION,
                Ok(Some(found)) => {
                    let value = value_of(ctx, found, window.sandbox);
                    if same(value, window.sandbox) {
                        qjs::JS_FreeValue(ctx, value);
                        return qjs::JS_DupValue(ctx, object);
                    }
                    return value;
                }
                Ok(None) => {}
            }
        }
        match own(ctx, window.own, name) {
            Err(()) => return qjs::JS_EXCEPTION,
            Ok(Some(found)) => return value_of(ctx, found, receiver),
            Ok(None) => {}
        }
        let prototype = qjs::JS_GetPrototype(ctx, object);
        let found = inherited(ctx, prototype, name);
        qjs::JS_FreeValue(ctx, prototype);
        match found {
            Err(()) => qjs::JS_EXCEPTION,
            Ok(Some(found)) => value_of(ctx, found, receiver),
            Ok(None) => qjs::JS_UNINITIALIZED,
        }
    }
}

/// What a proxy says of a property; `None` where neither it nor its target knows of it.
unsafe fn by_proxy(ctx: Context, proxy: qjs::JSValue, name: qjs::JSAtom) -> std::result::Result<Option<qjs::JSValue>, ()> {
    // SAFETY: reads the proxy's handler; every reference is given back.
    unsafe {
        let handler = qjs::JS_GetProxyHandler(ctx, proxy);
        let trap = match qjs::JS_IsObject(handler) {
            true => qjs::JS_GetPropertyStr(ctx, handler, c"get".as_ptr()),
            false => qjs::JS_UNDEFINED,
        };
        qjs::JS_FreeValue(ctx, handler);
        if qjs::JS_IsException(trap) {
            return Err(());
        }
        let has_trap = !qjs::JS_IsUndefined(trap) && !qjs::JS_IsNull(trap);
        qjs::JS_FreeValue(ctx, trap);
        if !has_trap {
            let target = qjs::JS_GetProxyTarget(ctx, proxy);
            let has = qjs::JS_HasProperty(ctx, target, name);
            qjs::JS_FreeValue(ctx, target);
            match has {
                0 => return Ok(None),
                answer if answer < 0 => return Err(()),
                _ => {}
            }
        }
        let value = qjs::JS_GetProperty(ctx, proxy, name);
        if qjs::JS_IsException(value) { Err(()) } else { Ok(Some(value)) }
    }
}

unsafe extern "C" fn set_property(
    ctx: Context,
    object: qjs::JSValue,
    name: qjs::JSAtom,
    value: qjs::JSValue,
    receiver: qjs::JSValue,
    flags: c_int,
) -> c_int {
    // SAFETY: called by the engine with a window and values that it keeps.
    unsafe {
        let Some(window) = of(object) else { return 0 };
        if !same(object, receiver) {
            return set_on_heir(ctx, window, object, name, value, receiver, flags);
        }
        let Ok(behind) = own(ctx, window.own, name) else { return -1 };
        let before = match inherited(ctx, window.sandbox, name) {
            Ok(before) => before,
            Err(()) => {
                behind.into_iter().for_each(|found| free(ctx, found));
                return -1;
            }
        };
        let is_known = behind.is_some() || before.is_some();
        let is_fixed = behind.as_ref().is_some_and(is_read_only) || before.as_ref().is_some_and(is_read_only);
        let is_shown = before.is_some();
        before.into_iter().for_each(|found| free(ctx, found));
        if is_fixed && behind.is_none() {
            return JS_RefuseProperty(ctx, flags, name, true);
        }
        if !is_fixed && (is_known || !is_symbol(ctx, name)) {
            let mut answer = JS_PutProperty(ctx, window.sandbox, name, qjs::JS_DupValue(ctx, value), window.sandbox, 0);
            if answer >= 0 && is_shown {
                answer = match own(ctx, window.sandbox, name) {
                    Err(()) => -1,
                    Ok(None) => 0,
                    Ok(Some(now)) => {
                        let is_accessor = is_accessor(&now);
                        free(ctx, now);
                        // The setter has it: there is nothing to set behind.
                        if is_accessor { 1 } else { 0 }
                    }
                };
            } else if answer >= 0 {
                answer = 0;
            }
            if answer != 0 {
                behind.into_iter().for_each(|found| free(ctx, found));
                return answer;
            }
        }
        match behind {
            Some(found) if is_accessor(&found) => by_setter(ctx, found, name, value, object, flags),
            Some(found) => {
                free(ctx, found);
                JS_PutProperty(ctx, window.own, name, qjs::JS_DupValue(ctx, value), window.own, flags)
            }
            None => set_new(ctx, window, object, name, value, flags),
        }
    }
}

/// Sets what the global object behind does not have yet: by an inherited setter, or as a new property.
unsafe fn set_new(ctx: Context, window: &Window, object: qjs::JSValue, name: qjs::JSAtom, value: qjs::JSValue, flags: c_int) -> c_int {
    // SAFETY: as in `set_property`.
    unsafe {
        let prototype = qjs::JS_GetPrototype(ctx, object);
        let found = inherited(ctx, prototype, name);
        qjs::JS_FreeValue(ctx, prototype);
        match found {
            Err(()) => -1,
            Ok(Some(found)) if is_accessor(&found) => by_setter(ctx, found, name, value, object, flags),
            Ok(found) => {
                let is_fixed = found.as_ref().is_some_and(is_read_only);
                found.into_iter().for_each(|found| free(ctx, found));
                if is_fixed {
                    return JS_RefuseProperty(ctx, flags, name, false);
                }
                JS_PutProperty(ctx, window.own, name, qjs::JS_DupValue(ctx, value), window.own, flags)
            }
        }
    }
}

/// Sets a property of an object that inherits from the window.
unsafe fn set_on_heir(
    ctx: Context,
    window: &Window,
    object: qjs::JSValue,
    name: qjs::JSAtom,
    value: qjs::JSValue,
    receiver: qjs::JSValue,
    flags: c_int,
) -> c_int {
    // SAFETY: as in `set_property`.
    unsafe {
        let next = match shown(ctx, window, name) {
            Err(()) => return -1,
            Ok(Some(found)) if is_accessor(&found) => return by_setter(ctx, found, name, value, receiver, flags),
            Ok(Some(found)) => {
                let is_fixed = is_read_only(&found);
                free(ctx, found);
                if is_fixed {
                    return JS_RefuseProperty(ctx, flags, name, false);
                }
                qjs::JS_NULL
            }
            Ok(None) => qjs::JS_GetPrototype(ctx, object),
        };
        // An object without properties lets the receiver have it.
        let from = if qjs::JS_IsObject(next) { next } else { qjs::JS_NewObjectProto(ctx, qjs::JS_NULL) };
        if qjs::JS_IsException(from) {
            return -1;
        }
        let answer = JS_PutProperty(ctx, from, name, qjs::JS_DupValue(ctx, value), receiver, flags);
        qjs::JS_FreeValue(ctx, from);
        answer
    }
}

unsafe fn is_symbol(ctx: Context, name: qjs::JSAtom) -> bool {
    // SAFETY: the value is given back.
    unsafe {
        let key = qjs::JS_AtomToValue(ctx, name);
        let answer = qjs::JS_IsSymbol(key);
        qjs::JS_FreeValue(ctx, key);
        answer
    }
}

/// Whether a value is a window of this class.
pub fn is_window(class: &Class, value: &Value<'_>) -> bool {
    class.0.get() != 0 && raw::class_id(value) == class.0.get()
}
