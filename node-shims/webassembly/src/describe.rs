//! What a module imports and exports, in bytes for the browser's side: texts with their lengths in front, and a letter for each type of a value.

use wasmparser::{CompositeInnerType, ExternalKind, FuncType, HeapType, RefType, TypeRef, ValType};

/// Numbers of the kinds, which are those of the binary format.
pub fn kind(kind: ExternalKind) -> u8 {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => 0,
        ExternalKind::Table => 1,
        ExternalKind::Memory => 2,
        ExternalKind::Global => 3,
        ExternalKind::Tag => 4,
    }
}

pub fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u32);
    out.extend_from_slice(text.as_bytes());
}

pub fn number(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// `?` is a reference that cannot pass between the two sides.
pub fn letter(kind: ValType) -> char {
    match kind {
        ValType::I32 => 'i',
        ValType::I64 => 'l',
        ValType::F32 => 'f',
        ValType::F64 => 'd',
        ValType::V128 => 'v',
        ValType::Ref(RefType::EXTERNREF) => 'e',
        ValType::Ref(RefType::FUNCREF) => 'c',
        ValType::Ref(reference) => match reference.heap_type() {
            HeapType::Abstract { shared: false, ty: wasmparser::AbstractHeapType::Extern } => 'e',
            HeapType::Abstract { shared: false, ty: wasmparser::AbstractHeapType::Func } => 'c',
            _ => '?',
        },
    }
}

/// Parameters, `:`, results.
pub fn signature(function: &FuncType) -> String {
    let letters = |kinds: &[ValType]| kinds.iter().copied().map(letter).collect::<String>();
    format!("{}:{}", letters(function.params()), letters(function.results()))
}

/// What each entry of the module's type section is, as far as it is told here.
#[derive(Default)]
pub struct Types(Vec<Option<FuncType>>);

impl Types {
    pub fn add(&mut self, group: wasmparser::RecGroup) {
        self.0.extend(group.into_types().map(|kind| match kind.composite_type.inner {
            CompositeInnerType::Func(function) => Some(function),
            _ => None,
        }));
    }

    pub fn len(&self) -> u32 {
        self.0.len() as u32
    }

    pub fn function(&self, index: u32) -> Option<&FuncType> {
        self.0.get(index as usize)?.as_ref()
    }

    pub fn signature(&self, index: u32) -> String {
        self.function(index).map(signature).unwrap_or_default()
    }

    /// An entity's kind, and its type in letters: a function's and a tag's signature, a global's letter and `m` where it can change, a table's letter.
    pub fn entity(&self, entity: TypeRef) -> (u8, String) {
        match entity {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => (0, self.signature(index)),
            TypeRef::Table(table) => (1, letter(ValType::Ref(table.element_type)).to_string()),
            TypeRef::Memory(_) => (2, String::new()),
            TypeRef::Global(global) => (3, format!("{}{}", letter(global.content_type), if global.mutable { "m" } else { "" })),
            TypeRef::Tag(tag) => (4, self.signature(tag.func_type_idx)),
        }
    }
}
