//! Memories of the guest's WebAssembly: regions of the process's own, so that the engine sees their bytes in an `ArrayBuffer`.

use std::alloc::{Layout, alloc_zeroed, dealloc, realloc};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use rquickjs::{Class, Ctx, Object, Result, Value, qjs};

use crate::bindings::class::plain_class;

const PAGE: usize = 65536;
/// What the instructions that are atomic want of the place.
const ALIGNMENT: usize = 16;
/// Pages that a shared memory can grow to: they are taken at once.
const MOST_SHARED: usize = 4096;

struct Region {
    id: u32,
    shared: bool,
    state: RefCell<State>,
}

struct State {
    at: *mut u8,
    bytes: usize,
    /// Bytes that are there, so that growing by little does not always move everything.
    capacity: usize,
    maximum: usize,
    /// The buffer that scripts have, as long as they do.
    buffer: Option<qjs::JSValue>,
}

thread_local! {
    static REGIONS: RefCell<BTreeMap<u32, Weak<Region>>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT: RefCell<u32> = const { RefCell::new(0) };
    /// Numbers of those that are gone, which the browser has not been told of.
    static GONE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(ALIGNMENT), ALIGNMENT).ok()
}

impl Region {
    fn new(pages: usize, mut maximum: usize, shared: bool) -> Option<Rc<Self>> {
        let bytes = pages.checked_mul(PAGE)?;
        let mut room = bytes;
        if shared {
            // A buffer that is shared is never taken away, so its memory must not move.
            maximum = maximum.min(pages.max(MOST_SHARED));
            room = maximum.checked_mul(PAGE)?;
        }
        let layout = layout(room)?;
        // SAFETY: the size is not 0.
        let at = unsafe { alloc_zeroed(layout) };
        if at.is_null() {
            return None;
        }
        let id = NEXT.with_borrow_mut(|next| {
            *next += 1;
            *next
        });
        let region = Rc::new(Self { id, shared, state: RefCell::new(State { at, bytes, capacity: layout.size(), maximum, buffer: None }) });
        REGIONS.with_borrow_mut(|regions| regions.insert(id, Rc::downgrade(&region)));
        Some(region)
    }

    fn pages(&self) -> usize {
        self.state.borrow().bytes / PAGE
    }

    /// Adds pages of zeros, and takes the scripts' buffer from them. Answers how many there were.
    fn grow(&self, ctx: &Ctx<'_>, pages: u32) -> Option<usize> {
        let old = self.pages();
        let buffer = {
            let mut state = self.state.borrow_mut();
            let wanted = old.checked_add(pages as usize).filter(|&pages| pages <= state.maximum)?.checked_mul(PAGE)?;
            if wanted > state.capacity {
                // Half as much again, or just enough where that is too much.
                let ample = (state.capacity + state.capacity / 2).min(state.maximum.saturating_mul(PAGE)).max(wanted);
                state.resize(ample).or_else(|| state.resize(wanted))?;
            }
            // SAFETY: both lie within the capacity.
            unsafe { state.at.add(state.bytes).write_bytes(0, wanted - state.bytes) };
            state.bytes = wanted;
            if self.shared { None } else { state.buffer.take() }
        };
        if let Some(buffer) = buffer {
            // SAFETY: it is there, as its end would have been told.
            unsafe { qjs::JS_DetachArrayBuffer(ctx.as_raw().as_ptr(), buffer) };
        }
        Some(old)
    }

    /// The memory as scripts see it now.
    fn buffer<'js>(self: &Rc<Self>, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let raw = ctx.as_raw().as_ptr();
        let (at, bytes, known) = {
            let state = self.state.borrow();
            (state.at, state.bytes, state.buffer)
        };
        if let Some(buffer) = known {
            // SAFETY: as above.
            let buffer = unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, buffer)) };
            // A shared one keeps the size that it had, as another after it has been grown.
            if !self.shared || crate::raw::bytes(&buffer).is_some_and(|slice| slice.len() == bytes) {
                return Ok(buffer);
            }
        }
        let opaque = Rc::into_raw(Rc::clone(self)).cast_mut().cast();
        // SAFETY: the region is kept until `resized` says so, and its bytes are there until then or until the buffer is detached.
        let buffer = unsafe { crate::raw::take(ctx, qjs::JS_NewArrayBuffer(raw, at, bytes as _, 0, Some(resized), opaque, self.shared))? };
        self.state.borrow_mut().buffer = Some(buffer.as_raw());
        Ok(buffer)
    }

    /// Tells the browser where the memory is.
    fn place(&self, ctx: &Ctx<'_>) -> Result<()> {
        let (base, bytes) = {
            let state = self.state.borrow();
            (state.at as usize, state.bytes)
        };
        let request = format!(r#"{{"op":"place","memory":{},"base":{base},"bytes":{bytes}}}"#, self.id);
        super::ask(ctx, request.as_bytes(), &[]).map(drop)
    }
}

impl State {
    fn resize(&mut self, capacity: usize) -> Option<()> {
        let old = layout(self.capacity)?;
        let new = layout(capacity)?;
        // SAFETY: allocated with that layout; the new size is not 0.
        let at = unsafe { realloc(self.at, old, new.size()) };
        if at.is_null() {
            return None;
        }
        self.at = at;
        self.capacity = new.size();
        Some(())
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        REGIONS.with_borrow_mut(|regions| regions.remove(&self.id));
        GONE.with_borrow_mut(|gone| gone.push(self.id));
        let state = self.state.borrow();
        if let Some(layout) = layout(state.capacity) {
            // SAFETY: allocated with that layout.
            unsafe { dealloc(state.at, layout) };
        }
    }
}

/// With the size 0: a buffer is gone, or was taken from the scripts. No buffer gets another size.
unsafe extern "C" fn resized(_: *mut qjs::JSRuntime, opaque: *mut std::ffi::c_void, _: *mut std::ffi::c_void, size: qjs::size_t) -> *mut std::ffi::c_void {
    if size != 0 {
        return std::ptr::null_mut();
    }
    // SAFETY: the opaque is what `buffer` gave, once for each buffer.
    let region = unsafe { Rc::from_raw(opaque.cast_const().cast::<Region>()) };
    // A shared memory that grew has several buffers, of which this may be an older one: the next is made anew then.
    if let Ok(mut state) = region.state.try_borrow_mut() {
        state.buffer = None;
    }
    std::ptr::null_mut()
}

/// Keeps a region for scripts.
struct Memory(Rc<Region>);

plain_class!(Memory, "Memory");

pub fn define<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    // Undefined where there is no room.
    super::define(ctx, binding, "memory", |ctx: Ctx<'js>, pages: usize, maximum: usize, shared: bool| {
        let Some(region) = Region::new(pages, maximum, shared) else { return Ok(Value::new_undefined(ctx)) };
        region.place(&ctx)?;
        Class::instance(ctx, Memory(region)).map(Class::into_value)
    })?;
    super::define(ctx, binding, "numberOf", |memory: Class<'js, Memory>| memory.borrow().0.id)?;
    super::define(ctx, binding, "pages", |memory: Class<'js, Memory>| memory.borrow().0.pages())?;
    super::define(ctx, binding, "buffer", |ctx: Ctx<'js>, memory: Class<'js, Memory>| {
        let region = Rc::clone(&memory.borrow().0);
        region.buffer(&ctx)
    })?;
    // How many pages there were, below 0 where there is no room.
    super::define(ctx, binding, "grow", |ctx: Ctx<'js>, memory: Class<'js, Memory>, pages: u32| {
        let region = Rc::clone(&memory.borrow().0);
        grow(&ctx, &region, pages)
    })?;
    super::define(ctx, binding, "memoriesGone", || GONE.take())
}

fn grow(ctx: &Ctx<'_>, region: &Region, pages: u32) -> Result<i32> {
    let Some(old) = region.grow(ctx, pages) else { return Ok(-1) };
    region.place(ctx)?;
    Ok(old as i32)
}

/// The instruction `memory.grow`.
#[unsafe(no_mangle)]
pub extern "C" fn guest_grow(memory: u32, pages: u32) -> i32 {
    let region = REGIONS.with_borrow(|regions| regions.get(&memory).and_then(Weak::upgrade));
    let (Some(region), Some(ctx)) = (region, super::import::caller()) else { return -1 };
    grow(&ctx, &region, pages).unwrap_or(-1)
}
