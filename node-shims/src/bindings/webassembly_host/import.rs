//! Functions of the guest's, as its WebAssembly calls them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr::NonNull;

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::{Args, Constructor};
use rquickjs::{Array, Class, Ctx, Function, JsLifetime, Object, Result, Value, qjs};

use super::call;
use super::values::Slot;

/// What an instance imports, kept by the objects that stand for the instance.
pub struct Imports<'js> {
    instance: u32,
    /// The numbers of its own functions.
    callables: RefCell<Vec<u32>>,
    functions: BTreeMap<u32, Imported<'js>>,
}

#[derive(Clone)]
struct Imported<'js> {
    function: Function<'js>,
    parameters: Vec<u8>,
    results: Vec<u8>,
}

thread_local! {
    /// Where the imports of an instance lie, as long as they do.
    static INSTANCES: RefCell<BTreeMap<u32, NonNull<()>>> = const { RefCell::new(BTreeMap::new()) };
    /// Instances that nobody can reach any more, which the browser has not been told of.
    static GONE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Functions of the guest's that WebAssembly has called and that have not returned.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The context that WebAssembly was called from last.
    static CALLER: Cell<Option<NonNull<qjs::JSContext>>> = const { Cell::new(None) };
    /// What a function of the guest's threw, while it passes through WebAssembly.
    static THROWN: RefCell<Vec<qjs::JSValue>> = const { RefCell::new(Vec::new()) };
}

impl<'js> Trace<'js> for Imports<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        for imported in self.functions.values() {
            imported.function.trace(tracer);
        }
    }
}

// SAFETY: the functions are of the engine's lifetime, which `Changed` changes with it.
unsafe impl<'js> JsLifetime<'js> for Imports<'js> {
    type Changed<'to> = Imports<'to>;
}

impl<'js> JsClass<'js> for Imports<'js> {
    const NAME: &'static str = "Imports";
    type Mutable = Readable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        Object::new(ctx.clone()).map(Some)
    }

    fn constructor(_ctx: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

impl Drop for Imports<'_> {
    fn drop(&mut self) {
        INSTANCES.with_borrow_mut(|instances| instances.remove(&self.instance));
        GONE.with_borrow_mut(|gone| gone.push(self.instance));
        for &number in self.callables.borrow().iter() {
            call::forget(number);
        }
    }
}

pub fn define<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    // The functions that an instance imports, each with its number and signature.
    super::define(ctx, binding, "imports", |ctx: Ctx<'js>, instance: u32, list: Array<'js>| {
        let mut functions = BTreeMap::new();
        for entry in list.iter::<Array<'js>>() {
            let entry = entry?;
            let (parameters, results) = call::split(&entry.get::<String>(1)?);
            functions.insert(entry.get(0)?, Imported { function: entry.get(2)?, parameters, results });
        }
        let imports = Class::instance(ctx.clone(), Imports { instance, callables: RefCell::default(), functions })?;
        // The object does not move as long as it lives.
        let place = NonNull::from(&*imports.borrow()).cast();
        INSTANCES.with_borrow_mut(|instances| instances.insert(instance, place));
        Ok::<_, rquickjs::Error>(imports)
    })?;
    super::define(ctx, binding, "exports", |imports: Class<'js, Imports<'js>>, numbers: Vec<u32>| {
        *imports.borrow().callables.borrow_mut() = numbers;
    })?;
    super::define(ctx, binding, "gone", || GONE.take())
}

/// A call into WebAssembly, as long as it lasts.
pub struct Inside {
    caller: Option<NonNull<qjs::JSContext>>,
    thrown: usize,
    depth: u32,
    /// Whether it shares the stack with the call around it.
    shares: bool,
}

/// What a call into WebAssembly and back takes of the browser's stack and the engine does not see. Measured in Chromium: without it 130 calls within calls end the stack, which the engine
/// believes to bear 187.
const UNSEEN: u32 = 1536;

/// Leaves the engine so much stack as there is in so many calls within calls.
fn limit_stack(ctx: NonNull<qjs::JSContext>, depth: u32) {
    let left = crate::engine::STACK_LIMIT.saturating_sub((depth * UNSEEN) as usize);
    // SAFETY: a live context. The size is never 0, which would be none at all.
    unsafe { qjs::JS_SetMaxStackSize(qjs::JS_GetRuntime(ctx.as_ptr()), left.max(1) as _) }
}

impl Inside {
    /// `shares`: whether the host has no other stack for it.
    pub fn enter(ctx: &Ctx<'_>, shares: bool) -> Self {
        let depth = DEPTH.get();
        if shares {
            limit_stack(ctx.as_raw(), depth + 1);
        }
        Self { caller: CALLER.replace(Some(ctx.as_raw())), thrown: THROWN.with_borrow(Vec::len), depth, shares }
    }

    /// Whether every call of the guest's that was made meanwhile has returned. One that has not was unwound by the browser, for want of stack, in the middle of the engine.
    pub fn is_whole(&self) -> bool {
        DEPTH.get() == self.depth
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // What WebAssembly has caught itself.
        let caught = THROWN.with_borrow_mut(|list| list.split_off(self.thrown.min(list.len())));
        if let Some(ctx) = CALLER.get() {
            if self.shares {
                limit_stack(ctx, self.depth);
            }
            for value in caught {
                // SAFETY: a live context, whose value is owned here.
                unsafe { qjs::JS_FreeValue(ctx.as_ptr(), value) };
            }
        }
        CALLER.set(self.caller);
    }
}

/// Throws again what a function of the guest's threw.
pub fn rethrow(ctx: &Ctx<'_>) -> rquickjs::Error {
    match THROWN.with_borrow_mut(Vec::pop) {
        // SAFETY: the value is owned here, and taken over.
        Some(value) => unsafe {
            qjs::JS_Throw(ctx.as_raw().as_ptr(), value);
        },
        None => drop(crate::raw::throw(ctx, "WebAssembly ended with an error that it does not tell")),
    }
    rquickjs::Error::Exception
}

/// The context that WebAssembly was called from.
pub fn caller<'js>() -> Option<Ctx<'js>> {
    // SAFETY: it is suspended in a call, so it lives.
    CALLER.get().map(|ctx| unsafe { Ctx::from_raw(ctx) })
}

/// Calls a function that an instance imports. Its arguments lie in slots of 8 bytes from `at`, where its results go. 1: it threw.
///
/// # Safety
/// Called by an adapter of that instance, while WebAssembly runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn guest_import(instance: u32, index: u32, at: *mut u64) -> i32 {
    let Some(ctx) = caller() else { return 1 };
    DEPTH.set(DEPTH.get() + 1);
    // SAFETY: the caller's promise.
    let result = unsafe { run(&ctx, instance, index, at) };
    DEPTH.set(DEPTH.get() - 1);
    match result {
        Ok(()) => 0,
        Err(error) => {
            if !error.is_exception() {
                crate::raw::throw(&ctx, &error.to_string());
            }
            // SAFETY: a live context, whose exception is ours from here on.
            let thrown = unsafe { qjs::JS_GetException(ctx.as_raw().as_ptr()) };
            THROWN.with_borrow_mut(|list| list.push(thrown));
            1
        }
    }
}

/// # Safety
/// As above.
unsafe fn run<'js>(ctx: &Ctx<'js>, instance: u32, index: u32, at: *mut u64) -> Result<()> {
    let place = INSTANCES.with_borrow(|instances| instances.get(&instance).copied());
    // SAFETY: the place is that of a living object: it is removed when the object goes.
    let imports: Option<&Imports<'js>> = place.map(|place| unsafe { place.cast().as_ref() });
    let Some(imported) = imports.and_then(|imports| imports.functions.get(&index)).cloned() else {
        return Err(crate::raw::throw(ctx, "an instance of WebAssembly that is gone was called"));
    };
    let mut args = Args::new(ctx.clone(), imported.parameters.len());
    for (slot, &letter) in imported.parameters.iter().enumerate() {
        // SAFETY: the adapter has put as many slots there as there are parameters. They need not be aligned.
        args.push_arg(Slot::from_bits(ctx, unsafe { at.add(slot).read_unaligned() }, letter)?)?;
    }
    let result: Value<'js> = imported.function.call_arg(args)?;
    let values = match imported.results.as_slice() {
        [] => return Ok(()),
        [_] => vec![result],
        letters => {
            let values: Vec<Value<'js>> = ctx.globals().get::<_, Object>("Array")?.get::<_, Function>("from")?.call((result,))?;
            if values.len() != letters.len() {
                return Err(super::super::buffer::throw::type_error(ctx, "", "multi-return length mismatch"));
            }
            values
        }
    };
    for (slot, (value, &letter)) in values.iter().zip(&imported.results).enumerate() {
        let bits = Slot::into_bits(ctx, value, letter)?;
        // SAFETY: the adapter has room for each result.
        unsafe { at.add(slot).write_unaligned(bits) };
    }
    Ok(())
}
