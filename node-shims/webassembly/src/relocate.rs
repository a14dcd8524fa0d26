//! A whole module, rewritten.
//!
//! The new one takes its imports by number from the module named "" (a memory is no import any more), and besides them `memory`, the process's, and `grow0`,
//! `grow1`... It exports by number, and besides them `base0`, `limit0`... (where each memory begins, and its bytes) and `begin`, which copies the segments of
//! data and runs the start function: the browser's own start would come before the globals can be set.

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection,
    GlobalType, ImportSection, MemArgTarget, MemoryType, Module, NameMap, NameSection, TableSection, TagSection, TypeSection,
};
use wasmparser::{BinaryReader, Data, DataKind, ElementSectionReader, ExternalKind, FunctionBody, KnownCustom, Name, Parser, Payload, TypeRef};

use crate::Fault;
use crate::body::{self, Body};
use crate::describe::{self, Types};
use crate::layout::{Layout, Memory};

/// What a module brings, read before it is written.
#[derive(Default)]
struct Old<'a> {
    types: TypeSection,
    known: Types,
    imports: Vec<wasmparser::Import<'a>>,
    /// The type of each function, global, table and tag, imported ones first.
    functions: Vec<u32>,
    tables: Vec<TypeRef>,
    globals: Vec<TypeRef>,
    tags: Vec<TypeRef>,
    own_tables: Option<wasmparser::TableSectionReader<'a>>,
    own_globals: Option<wasmparser::GlobalSectionReader<'a>>,
    own_tags: Option<wasmparser::TagSectionReader<'a>>,
    exports: Vec<wasmparser::Export<'a>>,
    start: Option<u32>,
    elements: Option<ElementSectionReader<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    data: Vec<Data<'a>>,
    names: Option<wasmparser::NameSectionReader<'a>>,
}

/// Answers what the module is (imports, exports and memories, each with its number in front) and the new module.
pub fn relocate(module: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut layout = Layout::default();
    let old = Old::read(module, &mut layout)?;
    let mut answer = old.description(&layout);
    answer.extend_from_slice(&old.moved(&mut layout)?);
    Ok(answer)
}

impl<'a> Old<'a> {
    fn read(module: &'a [u8], layout: &mut Layout) -> Result<Self, Fault> {
        let mut old = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    layout.parse_type_section(&mut old.types, section.clone())?;
                    for group in section {
                        old.known.add(group?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        old.import(import?, layout)?;
                    }
                }
                Payload::FunctionSection(section) => {
                    for function in section {
                        old.functions.push(function?);
                        layout.own_functions += 1;
                    }
                }
                Payload::TableSection(section) => {
                    for table in section.clone() {
                        old.tables.push(TypeRef::Table(table?.ty));
                    }
                    old.own_tables = Some(section);
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        layout.memories.push(narrow(memory?, None)?);
                    }
                }
                Payload::TagSection(section) => {
                    for tag in section.clone() {
                        old.tags.push(TypeRef::Tag(tag?));
                    }
                    old.own_tags = Some(section);
                }
                Payload::GlobalSection(section) => {
                    for global in section.clone() {
                        old.globals.push(TypeRef::Global(global?.ty));
                    }
                    old.own_globals = Some(section);
                }
                Payload::ExportSection(section) => old.exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => old.start = Some(func),
                Payload::ElementSection(section) => old.elements = Some(section),
                Payload::CodeSectionEntry(body) => old.bodies.push(body),
                Payload::DataSection(section) => old.data = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        old.names = Some(names);
                    }
                }
                _ => {}
            }
        }
        layout.types = old.known.len();
        layout.globals = old.globals.len() as u32;
        Ok(old)
    }

    fn import(&mut self, import: wasmparser::Import<'a>, layout: &mut Layout) -> Result<(), Fault> {
        match import.ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                self.functions.push(index);
                layout.imported_functions += 1;
            }
            TypeRef::Table(_) => self.tables.push(import.ty),
            TypeRef::Memory(memory) => layout.memories.push(narrow(memory, Some(self.imports.len() as u32))?),
            TypeRef::Global(_) => self.globals.push(import.ty),
            TypeRef::Tag(_) => self.tags.push(import.ty),
        }
        self.imports.push(import);
        Ok(())
    }

    fn description(&self, layout: &Layout) -> Vec<u8> {
        let mut out = Vec::new();
        describe::number(&mut out, self.imports.len() as u32);
        for import in &self.imports {
            let (kind, letters) = self.known.entity(import.ty);
            describe::text(&mut out, import.module);
            describe::text(&mut out, import.name);
            out.push(kind);
            describe::text(&mut out, &letters);
        }
        describe::number(&mut out, self.exports.len() as u32);
        for export in &self.exports {
            let list = match export.kind {
                ExternalKind::Table => &self.tables,
                ExternalKind::Global => &self.globals,
                _ => &self.tags,
            };
            let letters = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => self.functions.get(export.index as usize).map(|&kind| self.known.signature(kind)),
                ExternalKind::Memory => None,
                _ => list.get(export.index as usize).map(|&entity| self.known.entity(entity).1),
            };
            describe::text(&mut out, export.name);
            out.push(describe::kind(export.kind));
            describe::text(&mut out, &letters.unwrap_or_default());
            describe::number(&mut out, export.index);
        }
        describe::number(&mut out, layout.memories.len() as u32);
        for memory in &layout.memories {
            describe::number(&mut out, memory.imported.map_or(u32::MAX, |import| import));
            describe::number(&mut out, memory.minimum as u32);
            describe::number(&mut out, memory.maximum.map_or(u32::MAX, |pages| pages as u32));
            out.push(u8::from(memory.shared));
        }
        out
    }

    fn moved(mut self, layout: &mut Layout) -> Result<Vec<u8>, Fault> {
        let mut module = Module::new();
        let (grows, plain) = (layout.types, layout.types + 1);
        self.types.ty().function([wasm_encoder::ValType::I32], [wasm_encoder::ValType::I32]);
        self.types.ty().function([], []);
        module.section(&self.types);
        module.section(&self.imports(layout, grows)?);

        let mut functions = FunctionSection::new();
        for &kind in self.functions.iter().skip(layout.imported_functions as usize) {
            functions.function(kind);
        }
        functions.function(plain).function(plain);
        module.section(&functions);

        if let Some(section) = self.own_tables.take() {
            let mut tables = TableSection::new();
            layout.parse_table_section(&mut tables, section)?;
            module.section(&tables);
        }
        if let Some(section) = self.own_tags.take() {
            let mut tags = TagSection::new();
            layout.parse_tag_section(&mut tags, section)?;
            module.section(&tags);
        }
        let mut globals = GlobalSection::new();
        if let Some(section) = self.own_globals.take() {
            layout.parse_global_section(&mut globals, section)?;
        }
        for _ in 0..layout.memories.len() * 2 {
            let place = GlobalType { val_type: wasm_encoder::ValType::I32, mutable: true, shared: false };
            globals.global(place, &ConstExpr::i32_const(0));
        }
        module.section(&globals);
        module.section(&self.exports(layout));
        if let Some(section) = self.elements.take() {
            let mut elements = ElementSection::new();
            layout.parse_element_section(&mut elements, section)?;
            module.section(&elements);
        }
        module.section(&DataCountSection { count: self.data.len() as u32 });

        let mut code = CodeSection::new();
        for (body, &kind) in self.bodies.iter().zip(self.functions.iter().skip(layout.imported_functions as usize)) {
            let parameters = self.known.function(kind).map_or(0, |function| function.params().len());
            code.function(&body::function(layout, parameters as u32, body)?);
        }
        code.function(&trap(layout));
        code.function(&self.begin(layout)?);
        module.section(&code);

        let mut data = DataSection::new();
        for segment in &self.data {
            data.passive(segment.data.iter().copied());
        }
        module.section(&data);
        if let Some(names) = self.names.take() {
            module.section(&named(names, layout)?.as_custom());
        }
        Ok(module.finish())
    }

    fn imports(&self, layout: &mut Layout, grows: u32) -> Result<ImportSection, Fault> {
        let mut imports = ImportSection::new();
        for (at, import) in self.imports.iter().enumerate() {
            if !matches!(import.ty, TypeRef::Memory(_)) {
                imports.import("", &at.to_string(), layout.entity_type(import.ty)?);
            }
        }
        for memory in 0..layout.memories.len() {
            imports.import("", &format!("grow{memory}"), EntityType::Function(grows));
        }
        let whole = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
        imports.import("", "memory", whole);
        Ok(imports)
    }

    fn exports(&self, layout: &Layout) -> ExportSection {
        let mut exports = ExportSection::new();
        for (at, export) in self.exports.iter().enumerate() {
            let (kind, index) = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => (ExportKind::Func, layout.function(export.index)),
                ExternalKind::Table => (ExportKind::Table, export.index),
                ExternalKind::Global => (ExportKind::Global, export.index),
                ExternalKind::Tag => (ExportKind::Tag, export.index),
                ExternalKind::Memory => continue,
            };
            exports.export(&at.to_string(), kind, index);
        }
        for memory in 0..layout.memories.len() as u32 {
            exports.export(&format!("base{memory}"), ExportKind::Global, layout.base(memory));
            exports.export(&format!("limit{memory}"), ExportKind::Global, layout.limit(memory));
        }
        exports.export("begin", ExportKind::Func, layout.begin());
        exports
    }

    fn begin(&self, layout: &Layout) -> Result<wasm_encoder::Function, Fault> {
        let mut body = Body::new(layout, 0);
        for (at, segment) in self.data.iter().enumerate() {
            if let DataKind::Active { memory_index, offset_expr } = &segment.kind {
                let mut offset = offset_expr.get_binary_reader();
                // Without its `end`.
                let length = offset.bytes_remaining().saturating_sub(1);
                let from = offset.original_position();
                let bytes = offset.read_bytes(length)?;
                body.expression(BinaryReader::new(bytes, from))?;
                body.sink().i32_const(0).i32_const(segment.data.len() as u32 as i32);
                body.init(*memory_index, at as u32);
                body.sink().data_drop(at as u32);
            }
        }
        if let Some(start) = self.start {
            let start = layout.function(start);
            body.sink().call(start);
        }
        body.sink().end();
        Ok(body.finish(Vec::new()))
    }
}

/// A memory of 64 bits has no place here.
fn narrow(memory: wasmparser::MemoryType, imported: Option<u32>) -> Result<Memory, Fault> {
    if memory.memory64 {
        return Err(Fault("memories with addresses of 64 bits are not supported".to_owned()));
    }
    Ok(Memory { minimum: memory.initial, maximum: memory.maximum, shared: memory.shared, imported })
}

/// No memory has a byte there, so the browser says what it always says.
fn trap(layout: &Layout) -> wasm_encoder::Function {
    let mut body = Body::new(layout, 0);
    let far = wasm_encoder::MemArg { offset: u64::from(u32::MAX), align: 0, target: MemArgTarget::Memory(0), ordering: None };
    body.sink().i32_const(-1).i32_load8_u(far).drop().unreachable().end();
    body.finish(Vec::new())
}

/// The module's and the functions' names, which stack traces have.
fn named(names: wasmparser::NameSectionReader<'_>, layout: &Layout) -> Result<NameSection, Fault> {
    let mut section = NameSection::new();
    for name in names {
        match name {
            Ok(Name::Module { name, .. }) => section.module(name),
            Ok(Name::Function(functions)) => {
                let mut map = NameMap::new();
                for naming in functions {
                    let naming = naming?;
                    map.append(layout.function(naming.index), naming.name);
                }
                section.functions(&map);
            }
            Ok(_) => {}
            // Names are for people: a section that cannot be read is left away, as browsers do.
            Err(_) => break,
        }
    }
    Ok(section)
}
