//! Functions of the guest's JavaScript that its WebAssembly imports. Each is a function of WebAssembly itself that puts its arguments into memory and calls the
//! engine: were it one of the browser's JavaScript, nothing that it calls could wait (a stack with JavaScript on it cannot be suspended).
//!
//! A call's arguments and results lie in slots of 8 bytes from where the global `at` points; it is moved on for calls within the call. References become numbers
//! by `keep`, and again references by `give`.

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalType, ImportSection, InstructionSink, MemArg,
    MemArgTarget, MemoryType, Module, RefType, TypeSection, ValType,
};

use crate::Fault;

/// Numbers of the imported functions.
const CALL: u32 = 0;
const RAISE: u32 = 1;
const FULL: u32 = 2;
const KEEP: u32 = 3;
const GIVE: u32 = 4;
const KEEP_FUNCTION: u32 = 5;
const GIVE_FUNCTION: u32 = 6;
const IMPORTED: u32 = 7;

const SLOT: u32 = 8;

/// The request: the instance's number, where the room for arguments ends, and for each function its number among the imports and its signature in letters.
/// The functions are exported under those numbers. One that a reference of an unknown kind passes through has no adapter.
pub fn adapters(mut request: &[u8]) -> Result<Vec<u8>, Fault> {
    let short = || Fault("the request is too short".to_owned());
    let instance = number(&mut request).ok_or_else(short)?;
    let end = number(&mut request).ok_or_else(short)?;
    let mut wanted = Vec::new();
    while !request.is_empty() {
        let import = number(&mut request).ok_or_else(short)?;
        let length = number(&mut request).ok_or_else(short)? as usize;
        let (letters, rest) = request.split_at_checked(length).ok_or_else(short)?;
        request = rest;
        wanted.push((import, signature(letters)?));
    }

    let mut types = TypeSection::new();
    let (i32, i64, outer, function) = (ValType::I32, ValType::I64, ValType::Ref(RefType::EXTERNREF), ValType::Ref(RefType::FUNCREF));
    let helpers: [(&str, &[ValType], &[ValType]); IMPORTED as usize] = [
        ("call", &[i32, i32, i32], &[i32]),
        ("raise", &[], &[]),
        ("full", &[], &[]),
        ("keep", &[outer], &[i64]),
        ("give", &[i64], &[outer]),
        ("keepFunction", &[function], &[i64]),
        ("giveFunction", &[i64], &[function]),
    ];
    let mut imports = ImportSection::new();
    for (at, (name, parameters, results)) in (0..).zip(helpers) {
        types.ty().function(parameters.iter().copied(), results.iter().copied());
        imports.import("", name, EntityType::Function(at));
    }
    imports.import("", "memory", MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None });
    imports.import("", "at", GlobalType { val_type: i32, mutable: true, shared: false });

    let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    for (at, (import, (parameters, results))) in (0..).zip(&wanted) {
        types.ty().function(parameters.iter().copied(), results.iter().copied());
        functions.function(IMPORTED + at);
        exports.export(&import.to_string(), ExportKind::Func, IMPORTED + at);
        code.function(&adapter(instance, *import, end, parameters, results));
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
    Ok(module.finish())
}

fn adapter(instance: u32, import: u32, end: u32, parameters: &[ValType], results: &[ValType]) -> Function {
    let place = parameters.len() as u32;
    let mut function = Function::new([(1, ValType::I32)]);
    let mut sink = function.instructions();
    sink.global_get(0).local_set(place);
    let room = parameters.len().max(results.len()) as u32 * SLOT;
    sink.local_get(place).i32_const(room as i32).i32_add().i32_const(end as i32).i32_gt_u();
    sink.if_(BlockType::Empty).call(FULL).unreachable().end();
    for (at, &kind) in (0..).zip(parameters) {
        sink.local_get(place).local_get(at);
        store(&mut sink, kind, at);
    }
    sink.local_get(place).i32_const(room as i32).i32_add().global_set(0);
    sink.i32_const(instance as i32).i32_const(import as i32).local_get(place).call(CALL);
    sink.local_get(place).global_set(0);
    // The guest's function threw.
    sink.if_(BlockType::Empty).call(RAISE).unreachable().end();
    for (at, &kind) in (0..).zip(results) {
        sink.local_get(place);
        load(&mut sink, kind, at);
    }
    sink.end();
    function
}

fn slot(at: u32) -> MemArg {
    MemArg { offset: u64::from(at * SLOT), align: 0, target: MemArgTarget::Memory(0), ordering: None }
}

fn store(sink: &mut InstructionSink<'_>, kind: ValType, at: u32) {
    match kind {
        ValType::I32 => sink.i32_store(slot(at)),
        ValType::I64 => sink.i64_store(slot(at)),
        ValType::F32 => sink.f32_store(slot(at)),
        ValType::F64 => sink.f64_store(slot(at)),
        ValType::Ref(RefType::FUNCREF) => sink.call(KEEP_FUNCTION).i64_store(slot(at)),
        _ => sink.call(KEEP).i64_store(slot(at)),
    };
}

fn load(sink: &mut InstructionSink<'_>, kind: ValType, at: u32) {
    match kind {
        ValType::I32 => sink.i32_load(slot(at)),
        ValType::I64 => sink.i64_load(slot(at)),
        ValType::F32 => sink.f32_load(slot(at)),
        ValType::F64 => sink.f64_load(slot(at)),
        ValType::Ref(RefType::FUNCREF) => sink.i64_load(slot(at)).call(GIVE_FUNCTION),
        _ => sink.i64_load(slot(at)).call(GIVE),
    };
}

fn signature(letters: &[u8]) -> Result<(Vec<ValType>, Vec<ValType>), Fault> {
    let (mut parameters, mut results, mut behind) = (Vec::new(), Vec::new(), false);
    for letter in letters {
        let kind = match letter {
            b':' => {
                behind = true;
                continue;
            }
            b'i' => ValType::I32,
            b'l' => ValType::I64,
            b'f' => ValType::F32,
            b'd' => ValType::F64,
            b'e' => ValType::Ref(RefType::EXTERNREF),
            b'c' => ValType::Ref(RefType::FUNCREF),
            letter => return Err(Fault(format!("a value of the kind {} cannot pass to JavaScript here", char::from(*letter)))),
        };
        if behind { results.push(kind) } else { parameters.push(kind) }
    }
    Ok((parameters, results))
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    let (head, rest) = bytes.split_at_checked(4)?;
    *bytes = rest;
    Some(u32::from_le_bytes(head.try_into().ok()?))
}
