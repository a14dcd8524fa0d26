//! `internalBinding('module_wrap')`: ES modules.
//!
//! QuickJS asks for a module's imports while it compiles it, and links only when it evaluates. Node compiles, then finds the imports, links, and evaluates
//! later. What bridges the two:
//!
//! - A module is compiled with placeholders for its imports, written as bytecode and read back: a module that was read asks for its imports once more,
//!   when [`instantiate`] tells it to, and then gets the real ones.
//! - Linking alone: a module that imports first one that always throws and then the module at hand. Evaluating it links everything and runs nothing.
//! - `import()`: the engine wants a module at once. It gets one whose only export is `then`, so that the promise of its namespace becomes the promise of
//!   what Node's loader finds.
//!
//! The class `ModuleWrap` is in `lib/module_wrap.js`; here are modules by number.

pub mod unsettled;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use rquickjs::{Array, Ctx, Error, Function, Object, Persistent, Result, Value, qjs};

use super::{contextify, method};
use crate::{Env, bytecode, raw};

/// The state of all modules of a process.
#[derive(Default)]
pub struct Modules {
    muted: Cell<bool>,
    mode: RefCell<Mode>,
    records: RefCell<Vec<Record>>,
    by_module: RefCell<BTreeMap<usize, usize>>,
    imports: RefCell<BTreeMap<u32, Import>>,
    named: RefCell<BTreeMap<String, NonNull<qjs::JSModuleDef>>>,
    next_name: Cell<u32>,
    thrower: Cell<usize>,
    on_import: RefCell<Option<crate::env::Callback>>,
}

/// What a request for a module means just now.
#[derive(Default)]
enum Mode {
    /// A program's `import()`.
    #[default]
    Import,
    /// The compiler lists a module's imports: it gets placeholders.
    Collect(Vec<(String, Vec<(String, String)>)>),
    /// Reading bytecode: placeholders, nothing to list.
    Skip,
    /// Modules are given what `link` said.
    Link,
}

struct Record {
    module: NonNull<qjs::JSModuleDef>,
    /// The context that it belongs to, which lives as long as the process.
    context: NonNull<qjs::JSContext>,
    url: String,
    requests: usize,
    linked: Vec<usize>,
    /// How many requests have been given their module.
    given: usize,
    steps: Option<crate::env::Callback>,
}

struct Import {
    base: String,
    specifier: String,
    attributes: Vec<(String, String)>,
}

impl Modules {
    /// Whether rejections are our own doing just now, and no business of the program.
    pub fn muted(&self) -> bool {
        self.muted.get()
    }

    fn fresh(&self) -> u32 {
        let name = self.next_name.get() + 1;
        self.next_name.set(name);
        name
    }

    fn in_mode<T>(&self, mode: Mode, body: impl FnOnce() -> T) -> (T, Mode) {
        let before = self.mode.replace(mode);
        let result = body();
        (result, self.mode.replace(before))
    }
}

const PLACEHOLDER: &str = "porthole:placeholder";
const LINK: &str = "porthole:link:";
const IMPORT: &str = "porthole:import:";
const THROWER: &str = "porthole:thrower";
const LINKER: &str = "porthole:linker:";

/// From here on the engine asks us for modules.
pub fn install_loader(ctx: &Ctx<'_>) {
    // SAFETY: the functions live as long as the program.
    unsafe {
        let rt = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetModuleLoaderFunc2(rt, None, Some(load), None, std::ptr::null_mut());
        qjs::JS_SetModuleNormalizeFunc2(rt, Some(normalize));
    }
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    // In the context of a number from `contextify`, as all that begins with a module.
    method(&ops, "compile", |ctx: Ctx<'js>, place: f64, url: String, source: String, line_offset: i32| {
        compile(&contextify::at(&ctx, place)?, &url, &source, line_offset)
    })?;
    method(&ops, "synthetic", |ctx: Ctx<'js>, place: f64, url: String, names: Vec<String>, steps: Function<'js>| {
        synthetic(&contextify::at(&ctx, place)?, &url, &names, steps)
    })?;
    method(&ops, "link", |ctx: Ctx<'js>, id: usize, linked: Vec<usize>| -> Result<()> {
        let env = Env::of(&ctx)?;
        if let Some(record) = env.modules.records.borrow_mut().get_mut(id) {
            record.linked = linked;
        }
        Ok(())
    })?;
    method(&ops, "instantiate", |ctx: Ctx<'js>, id: usize| instantiate(&ctx, id))?;
    // For at most so many milliseconds, for ever if below zero; with the context's own jobs.
    method(&ops, "evaluate", |ctx: Ctx<'js>, id: usize, timeout_ms: f64| -> Result<Value<'js>> {
        let module = module_of(&ctx, id)?;
        let other = context_of(&ctx, id)?;
        contextify::within(&ctx, timeout_ms, || {
            // SAFETY: `JS_EvalFunction` takes the new reference over.
            let promise = unsafe { raw::take(&other, qjs::JS_EvalFunction(other.as_raw().as_ptr(), value_of(&other, module))) };
            promise.and_then(|promise| contextify::run_own_jobs(&other).map(|()| promise))
        })
    })?;
    method(&ops, "runJobs", |ctx: Ctx<'js>, place: f64, timeout_ms: f64| -> Result<Value<'js>> {
        contextify::within(&ctx, timeout_ms, || contextify::run_own_jobs(&contextify::at(&ctx, place)?).map(|()| Value::new_undefined(ctx.clone())))
    })?;
    method(&ops, "namespace", |ctx: Ctx<'js>, id: usize| -> Result<Value<'js>> {
        let module = module_of(&ctx, id)?;
        let other = context_of(&ctx, id)?;
        // SAFETY: modules live as long as the context.
        unsafe { raw::take(&ctx, qjs::JS_GetModuleNamespace(other.as_raw().as_ptr(), module.as_ptr())) }
    })?;
    method(&ops, "importMeta", |ctx: Ctx<'js>, url: String| -> Result<Value<'js>> {
        let named = Env::of(&ctx)?.modules.named.borrow().get(&url).copied();
        let module = named.ok_or_else(|| raw::throw(&ctx, "no such module"))?;
        // SAFETY: as above.
        unsafe { raw::take(&ctx, qjs::JS_GetImportMeta(ctx.as_raw().as_ptr(), module.as_ptr())) }
    })?;
    method(&ops, "setExport", |ctx: Ctx<'js>, id: usize, name: String, value: Value<'js>| -> Result<()> {
        let module = module_of(&ctx, id)?;
        if !set_export(&ctx, module, &name, value)? {
            return Err(rquickjs::Exception::throw_reference(&ctx, &format!("Export '{name}' is not defined in module")));
        }
        Ok(())
    })?;
    method(&ops, "onImport", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        *Env::of(&ctx)?.modules.on_import.borrow_mut() = Some(Persistent::save(&ctx, callback));
        Ok(())
    })?;
    binding.set("ops", ops)?;
    super::script(ctx, "module_wrap", &binding)?;
    Ok(binding)
}

/// The namespace of a module without exports: an example of its class.
pub fn empty_namespace<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let module = new_c_module(ctx, "porthole:empty", do_nothing)?;
    // SAFETY: modules live as long as the context.
    unsafe { raw::take(ctx, qjs::JS_GetModuleNamespace(ctx.as_raw().as_ptr(), module.as_ptr())) }
}

/// Whether a text is a module without syntax errors.
pub fn parses_as_module(ctx: &Ctx<'_>, text: &str) -> bool {
    let Ok(env) = Env::of(ctx) else { return false };
    let flags = (qjs::JS_EVAL_TYPE_MODULE | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let (result, _) = env.modules.in_mode(Mode::Skip, || bytecode::eval(ctx, text.as_bytes(), "porthole:detect", 1, flags));
    match result {
        Ok(_) => true,
        Err(_) => {
            let _ = ctx.catch();
            false
        }
    }
}

/// `[id, requests, hasTopLevelAwait]`; a request is `[specifier, attribute, value, …]`.
fn compile<'js>(ctx: &Ctx<'js>, url: &str, source: &str, line_offset: i32) -> Result<Array<'js>> {
    let env = Env::of(ctx)?;
    let flags = (qjs::JS_EVAL_TYPE_MODULE | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let (compiled, mode) = env.modules.in_mode(Mode::Collect(Vec::new()), || bytecode::eval(ctx, source.as_bytes(), url, line_offset + 1, flags));
    let requests = match mode {
        Mode::Collect(requests) => requests,
        _ => Vec::new(),
    };
    let compiled = compiled?;
    let bytes = bytecode::write(ctx, &compiled, qjs::JS_WRITE_OBJ_BYTECODE as i32)?;
    // The engine finds `import.meta` by the name of the module: the first of a name has it for all of them.
    // SAFETY: a module value holds a pointer to its definition; it stays on the engine's list.
    let named = unsafe { NonNull::new(qjs::JS_VALUE_GET_PTR(compiled.as_raw()).cast::<qjs::JSModuleDef>()) }.ok_or(Error::Unknown)?;
    std::mem::forget(compiled);
    env.modules.named.borrow_mut().entry(url.to_owned()).or_insert(named);
    let (module, _) = env.modules.in_mode(Mode::Skip, || bytecode::read(ctx, &bytes));
    let module = module?;
    // SAFETY: a module value holds a pointer to its definition.
    let place = unsafe { NonNull::new(qjs::JS_VALUE_GET_PTR(module.as_raw()).cast::<qjs::JSModuleDef>()) }.ok_or(Error::Unknown)?;
    // The record lives as long as the process: so does its module.
    std::mem::forget(module);
    let id = add(&env, Record { module: place, context: ctx.as_raw(), url: url.to_owned(), requests: requests.len(), linked: Vec::new(), given: 0, steps: None });
    let list = Array::new(ctx.clone())?;
    for (index, (specifier, attributes)) in requests.into_iter().enumerate() {
        let mut request = vec![specifier];
        for (name, value) in attributes {
            request.push(name);
            request.push(value);
        }
        list.set(index, request)?;
    }
    let result = Array::new(ctx.clone())?;
    result.set(0, id)?;
    result.set(1, list)?;
    result.set(2, bytecode::has_top_level_await(&bytes).unwrap_or(false))?;
    Ok(result)
}

fn synthetic<'js>(ctx: &Ctx<'js>, url: &str, names: &[String], steps: Function<'js>) -> Result<usize> {
    let env = Env::of(ctx)?;
    let module = new_c_module(ctx, url, run_steps)?;
    for name in names {
        add_export(ctx, module, name)?;
    }
    let record = Record { module, context: ctx.as_raw(), url: url.to_owned(), requests: 0, linked: Vec::new(), given: 0, steps: Some(Persistent::save(ctx, steps)) };
    Ok(add(&env, record))
}

fn add(env: &Env, record: Record) -> usize {
    let mut records = env.modules.records.borrow_mut();
    let id = records.len();
    env.modules.by_module.borrow_mut().insert(record.module.as_ptr() as usize, id);
    records.push(record);
    id
}

fn instantiate(ctx: &Ctx<'_>, id: usize) -> Result<()> {
    let env = Env::of(ctx)?;
    let module = module_of(ctx, id)?;
    let ctx = &context_of(ctx, id)?;
    // SAFETY: the module value is a new reference; a failed call leaves an exception pending.
    let (resolved, _) = env.modules.in_mode(Mode::Link, || unsafe {
        let value = value_of(ctx, module);
        let resolved = qjs::JS_ResolveModule(ctx.as_raw().as_ptr(), value);
        qjs::JS_FreeValue(ctx.as_raw().as_ptr(), value);
        resolved
    });
    if resolved < 0 {
        return Err(Error::Exception);
    }
    if env.modules.thrower.get() == 0 {
        let thrower = new_c_module(ctx, THROWER, throw_nothing)?;
        env.modules.thrower.set(thrower.as_ptr() as usize);
    }
    let name = format!("{LINKER}{}", env.modules.fresh());
    let text = format!("import '{THROWER}'; import '{LINK}{id}';");
    let flags = (qjs::JS_EVAL_TYPE_MODULE | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let (linker, _) = env.modules.in_mode(Mode::Link, || bytecode::eval(ctx, text.as_bytes(), &name, 1, flags));
    let linker = linker?;
    let muted = env.modules.muted.replace(true);
    // SAFETY: `JS_EvalFunction` takes the linker over.
    let evaluated = unsafe {
        let value = linker.as_raw();
        std::mem::forget(linker);
        raw::take(ctx, qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), value))
    };
    env.modules.muted.set(muted);
    match evaluated {
        // It was linked, then threw as it was made to.
        Ok(promise) => {
            // SAFETY: marks the promise only.
            unsafe { qjs::JS_PromiseMarkAsHandled(ctx.as_raw().as_ptr(), promise.as_raw()) };
            Ok(())
        }
        Err(error) => Err(error),
    }
}

// ---- what the engine calls

unsafe extern "C" fn normalize(
    ctx: *mut qjs::JSContext,
    base: *const c_char,
    name: *const c_char,
    attributes: qjs::JSValue,
    _opaque: *mut c_void,
) -> *mut c_char {
    // SAFETY: the engine gives NUL-terminated texts and a live context; the answer is its own to free.
    unsafe {
        let Some(context) = NonNull::new(ctx) else { return std::ptr::null_mut() };
        let context = Ctx::from_raw(context);
        let base = CStr::from_ptr(base).to_string_lossy().into_owned();
        let name = CStr::from_ptr(name).to_string_lossy().into_owned();
        let attributes = Value::from_raw(context.clone(), qjs::JS_DupValue(ctx, attributes));
        let answer = match request(&context, base, name, attributes) {
            Ok(answer) => answer,
            Err(_) => return std::ptr::null_mut(),
        };
        let Ok(answer) = CString::new(answer) else { return std::ptr::null_mut() };
        qjs::js_strdup(ctx, answer.as_ptr())
    }
}

fn request(ctx: &Ctx<'_>, base: String, specifier: String, attributes: Value<'_>) -> Result<String> {
    let env = Env::of(ctx)?;
    let modules = &env.modules;
    let attributes = match attributes.into_object() {
        Some(object) => object.props::<String, String>().collect::<Result<Vec<_>>>()?,
        None => Vec::new(),
    };
    match &mut *modules.mode.borrow_mut() {
        Mode::Collect(requests) => {
            requests.push((specifier, attributes));
            return Ok(PLACEHOLDER.to_owned());
        }
        Mode::Skip => return Ok(PLACEHOLDER.to_owned()),
        Mode::Link => {
            if base.starts_with(LINKER) {
                return Ok(specifier);
            }
            // The requests of one module come in their order. Of two modules with one URL the newer one is being linked.
            let mut records = modules.records.borrow_mut();
            let record = records.iter_mut().rev().find(|record| record.url == base && record.given < record.requests);
            if let Some(record) = record {
                record.given += 1;
                if let Some(linked) = record.linked.get(record.given - 1) {
                    return Ok(format!("{LINK}{linked}"));
                }
            }
        }
        Mode::Import => {
            let number = modules.fresh();
            modules.imports.borrow_mut().insert(number, Import { base, specifier, attributes });
            return Ok(format!("{IMPORT}{number}"));
        }
    }
    Err(raw::throw(ctx, &format!("{base} was not linked to '{specifier}'")))
}

unsafe extern "C" fn load(ctx: *mut qjs::JSContext, name: *const c_char, _opaque: *mut c_void, _attributes: qjs::JSValue) -> *mut qjs::JSModuleDef {
    // SAFETY: as in `normalize`.
    let (context, name) = unsafe {
        let Some(context) = NonNull::new(ctx) else { return std::ptr::null_mut() };
        (Ctx::from_raw(context), CStr::from_ptr(name).to_string_lossy().into_owned())
    };
    let found = (|| -> Result<NonNull<qjs::JSModuleDef>> {
        let ctx = &context;
        let env = Env::of(ctx)?;
        if let Some(id) = name.strip_prefix(LINK) {
            return module_of(ctx, id.parse().map_err(|_| Error::Unknown)?);
        }
        if name == THROWER {
            return NonNull::new(env.modules.thrower.get() as *mut qjs::JSModuleDef).ok_or(Error::Unknown);
        }
        if name.starts_with(IMPORT) {
            let module = new_c_module(ctx, &name, start_import)?;
            add_export(ctx, module, "then")?;
            return Ok(module);
        }
        new_c_module(ctx, &name, do_nothing)
    })();
    match found {
        Ok(module) => module.as_ptr(),
        Err(Error::Exception) => std::ptr::null_mut(),
        Err(error) => {
            raw::throw(&context, &format!("module {name}: {error}"));
            std::ptr::null_mut()
        }
    }
}

unsafe extern "C" fn do_nothing(_ctx: *mut qjs::JSContext, _module: *mut qjs::JSModuleDef) -> c_int {
    0
}

unsafe extern "C" fn throw_nothing(ctx: *mut qjs::JSContext, _module: *mut qjs::JSModuleDef) -> c_int {
    // SAFETY: throws undefined.
    unsafe { qjs::JS_Throw(ctx, qjs::JS_UNDEFINED) };
    -1
}

/// Runs the evaluation steps of a synthetic module.
unsafe extern "C" fn run_steps(ctx: *mut qjs::JSContext, module: *mut qjs::JSModuleDef) -> c_int {
    init(ctx, |ctx, env| {
        let id = env.modules.by_module.borrow().get(&(module as usize)).copied().ok_or(Error::Unknown)?;
        let steps = env.modules.records.borrow_mut().get_mut(id).and_then(|record| record.steps.take());
        match steps {
            Some(steps) => steps.restore(ctx)?.call::<_, ()>(()),
            None => Ok(()),
        }
    })
}

/// Evaluates the module that stands for an `import()`: its `then` is the promise of Node's loader.
unsafe extern "C" fn start_import(ctx: *mut qjs::JSContext, module: *mut qjs::JSModuleDef) -> c_int {
    init(ctx, |ctx, env| {
        // SAFETY: the name is an atom of a live module.
        let name = unsafe {
            let atom = qjs::JS_GetModuleName(ctx.as_raw().as_ptr(), module);
            let text = raw::take(ctx, qjs::JS_AtomToString(ctx.as_raw().as_ptr(), atom));
            qjs::JS_FreeAtom(ctx.as_raw().as_ptr(), atom);
            text?.get::<String>()?
        };
        let number: u32 = name.strip_prefix(IMPORT).and_then(|number| number.parse().ok()).ok_or(Error::Unknown)?;
        let import = env.modules.imports.borrow_mut().remove(&number).ok_or(Error::Unknown)?;
        let on_import = env.modules.on_import.borrow().clone();
        let Some(on_import) = on_import else {
            return Err(raw::throw(ctx, "import() before the module loader is there"));
        };
        let attributes = Object::new(ctx.clone())?;
        attributes.set_prototype(None)?;
        for (name, value) in import.attributes {
            attributes.set(name, value)?;
        }
        let place = ctx.as_raw().as_ptr() as usize as f64;
        let then: Value = on_import.restore(ctx)?.call((import.base, import.specifier, attributes, place))?;
        let module = NonNull::new(module).ok_or(Error::Unknown)?;
        set_export(ctx, module, "then", then).map(drop)
    })
}

fn init(ctx: *mut qjs::JSContext, body: impl for<'js> FnOnce(&Ctx<'js>, &Env) -> Result<()>) -> c_int {
    let Some(ctx) = NonNull::new(ctx) else { return -1 };
    // SAFETY: the engine calls with a live context.
    let ctx = unsafe { Ctx::from_raw(ctx) };
    let result = Env::of(&ctx).and_then(|env| body(&ctx, &env));
    match result {
        Ok(()) => 0,
        Err(Error::Exception) => -1,
        Err(error) => {
            raw::throw(&ctx, &error.to_string());
            -1
        }
    }
}

// ---- modules as the engine has them

fn module_of(ctx: &Ctx<'_>, id: usize) -> Result<NonNull<qjs::JSModuleDef>> {
    let env = Env::of(ctx)?;
    let module = env.modules.records.borrow().get(id).map(|record| record.module);
    module.ok_or_else(|| raw::throw(ctx, "no such module"))
}

/// The context that a module belongs to.
fn context_of<'js>(ctx: &Ctx<'js>, id: usize) -> Result<Ctx<'js>> {
    let env = Env::of(ctx)?;
    let context = env.modules.records.borrow().get(id).map(|record| record.context);
    let context = context.ok_or_else(|| raw::throw(ctx, "no such module"))?;
    // SAFETY: contexts live as long as the process.
    Ok(unsafe { Ctx::from_raw(context) })
}

/// A new reference to a module.
unsafe fn value_of(ctx: &Ctx<'_>, module: NonNull<qjs::JSModuleDef>) -> qjs::JSValue {
    // SAFETY: module values are pointers to their definitions.
    unsafe { qjs::JS_DupValue(ctx.as_raw().as_ptr(), qjs::JS_MKPTR(qjs::JS_TAG_MODULE, module.as_ptr().cast())) }
}

type Init = unsafe extern "C" fn(*mut qjs::JSContext, *mut qjs::JSModuleDef) -> c_int;

fn new_c_module(ctx: &Ctx<'_>, name: &str, init: Init) -> Result<NonNull<qjs::JSModuleDef>> {
    let name = CString::new(name.replace('\0', "")).map_err(|_| Error::Unknown)?;
    // SAFETY: the name is copied.
    NonNull::new(unsafe { qjs::JS_NewCModule(ctx.as_raw().as_ptr(), name.as_ptr(), Some(init)) }).ok_or(Error::Exception)
}

fn add_export(ctx: &Ctx<'_>, module: NonNull<qjs::JSModuleDef>, name: &str) -> Result<()> {
    let name = CString::new(name.replace('\0', "")).map_err(|_| Error::Unknown)?;
    // SAFETY: the name is copied.
    let failed = unsafe { qjs::JS_AddModuleExport(ctx.as_raw().as_ptr(), module.as_ptr(), name.as_ptr()) } < 0;
    if failed { Err(Error::Exception) } else { Ok(()) }
}

/// Whether the module has such an export.
fn set_export<'js>(ctx: &Ctx<'js>, module: NonNull<qjs::JSModuleDef>, name: &str, value: Value<'js>) -> Result<bool> {
    let name = CString::new(name.replace('\0', "")).map_err(|_| Error::Unknown)?;
    // SAFETY: the call takes one reference of the value over.
    let failed = unsafe {
        let raw_ctx = ctx.as_raw().as_ptr();
        qjs::JS_SetModuleExport(raw_ctx, module.as_ptr(), name.as_ptr(), qjs::JS_DupValue(raw_ctx, value.as_raw()))
    } < 0;
    if failed {
        // SAFETY: forgets an exception if there is one.
        unsafe {
            let raw_ctx = ctx.as_raw().as_ptr();
            if qjs::JS_HasException(raw_ctx) {
                qjs::JS_FreeValue(raw_ctx, qjs::JS_GetException(raw_ctx));
            }
        }
    }
    Ok(!failed)
}
