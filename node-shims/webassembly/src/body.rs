//! The code of a function, with every access to memory moved. What need not change is copied as it is, byte for byte.

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{BlockType, Encode, Function, InstructionSink, ValType};
use wasmparser::{BinaryReader, FunctionBody, Operator, OperatorsReader};

use crate::Fault;
use crate::access::{self, Access};
use crate::layout::Layout;

/// A function under way.
pub struct Body<'a> {
    layout: &'a Layout,
    code: Vec<u8>,
    /// How many locals the function had itself, parameters among them.
    own: u32,
    /// Those added here, which come behind.
    added: Vec<ValType>,
}

/// The function as it is now, moved.
pub fn function(layout: &mut Layout, parameters: u32, body: &FunctionBody<'_>) -> Result<Function, Fault> {
    let mut locals = Vec::new();
    let mut own = parameters;
    for group in body.get_locals_reader()? {
        let (count, kind) = group?;
        own = own.saturating_add(count);
        locals.push((count, layout.val_type(kind)?));
    }
    let mut moved = Body::new(layout, own);
    moved.expression(body.get_binary_reader_for_operators()?)?;
    Ok(moved.finish(locals))
}

impl<'a> Body<'a> {
    pub fn new(layout: &'a Layout, own: u32) -> Self {
        Self { layout, code: Vec::new(), own, added: Vec::new() }
    }

    /// `locals` are the function's own without its parameters.
    pub fn finish(self, mut locals: Vec<(u32, ValType)>) -> Function {
        locals.extend(self.added.into_iter().map(|kind| (1, kind)));
        let mut function = Function::new(locals);
        function.raw(self.code);
        function
    }

    pub fn sink(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    /// The `place`th local of a type among those added. The first of i32 is for addresses.
    pub fn local(&mut self, kind: ValType, place: usize) -> u32 {
        loop {
            let known = self.added.iter().enumerate().filter(|&(_, &added)| added == kind).nth(place);
            if let Some((at, _)) = known {
                return self.own + at as u32;
            }
            self.added.push(kind);
        }
    }

    /// Copies instructions, and moves those that need it.
    pub fn expression(&mut self, bytes: BinaryReader<'_>) -> Result<(), Fault> {
        let start = bytes.original_position();
        let text = bytes.clone().read_bytes(bytes.bytes_remaining())?;
        let mut reader = OperatorsReader::new(bytes);
        let mut copied = 0;
        while !reader.eof() {
            let from = (reader.original_position() - start) as usize;
            let operator = reader.read()?;
            let to = (reader.original_position() - start) as usize;
            let instruction = text.get(from..to).unwrap_or_default();
            let Some(change) = Change::of(&operator, instruction) else { continue };
            self.code.extend_from_slice(text.get(copied..from).unwrap_or_default());
            self.write(change);
            copied = to;
        }
        self.code.extend_from_slice(text.get(copied..).unwrap_or_default());
        Ok(())
    }

    fn write(&mut self, change: Change<'_>) {
        let layout = self.layout;
        match change {
            Change::Call(function) => drop(self.sink().call(layout.function(function))),
            Change::ReturnCall(function) => drop(self.sink().return_call(layout.function(function))),
            Change::RefFunc(function) => drop(self.sink().ref_func(layout.function(function))),
            Change::Size(memory) => drop(self.sink().global_get(layout.limit(memory)).i32_const(16).i32_shr_u()),
            Change::Grow(memory) => drop(self.sink().call(layout.grow(memory))),
            Change::Fill(memory) => self.fill(memory),
            Change::Copy(to, from) => self.copy(to, from),
            Change::Init(memory, segment) => self.init(memory, segment),
            Change::Access(access, argument) => self.access(&access, &argument),
        }
    }

    /// Puts what lies above the address aside, checks and moves the address, and puts it back.
    fn access(&mut self, access: &Access, argument: &Argument<'_>) {
        let mut aside: Vec<u32> = Vec::new();
        for (at, &kind) in access.above.iter().enumerate() {
            let earlier = access.above.iter().take(at).filter(|&&other| other == kind).count();
            // The first of i32 is taken.
            aside.push(self.local(kind, earlier + usize::from(kind == ValType::I32)));
        }
        for &local in aside.iter().rev() {
            self.sink().local_set(local);
        }
        let address = self.local(ValType::I32, 0);
        self.sink().local_tee(address);
        let end = argument.offset.saturating_add(u64::from(access.size));
        let limit = self.layout.limit(argument.memory);
        if end <= self.layout.least(argument.memory) {
            // The memory is never smaller than that, so the difference does not wrap around.
            self.sink().global_get(limit).i32_const(end as u32 as i32).i32_sub().i32_gt_u();
        } else {
            self.sink().i64_extend_i32_u().i64_const(end as i64).i64_add().global_get(limit).i64_extend_i32_u().i64_gt_u();
        }
        self.trap_if();
        let base = self.layout.base(argument.memory);
        self.sink().local_get(address).global_get(base).i32_add();
        for &local in &aside {
            self.sink().local_get(local);
        }
        self.code.extend_from_slice(argument.opcode);
        argument.alignment.encode(&mut self.code);
        argument.offset.encode(&mut self.code);
        self.code.extend_from_slice(argument.lane);
    }

    /// Ends the program with the browser's own message where the topmost value is not 0.
    fn trap_if(&mut self) {
        let trap = self.layout.trap();
        self.sink().if_(BlockType::Empty).call(trap).unreachable().end();
    }

    /// Traps unless `length` (a local) more than the local `at` lies within `memory`.
    fn within(&mut self, at: u32, length: u32, memory: u32) {
        let limit = self.layout.limit(memory);
        let mut sink = self.sink();
        sink.local_get(at).i64_extend_i32_u().local_get(length).i64_extend_i32_u().i64_add();
        sink.global_get(limit).i64_extend_i32_u().i64_gt_u();
        self.trap_if();
    }

    /// Three values, the topmost first.
    fn three(&mut self) -> [u32; 3] {
        let [to, from, length] = [0, 1, 2].map(|place| self.local(ValType::I32, place));
        self.sink().local_set(length).local_set(from).local_set(to);
        [to, from, length]
    }

    fn fill(&mut self, memory: u32) {
        let [to, value, length] = self.three();
        self.within(to, length, memory);
        let base = self.layout.base(memory);
        self.sink().local_get(to).global_get(base).i32_add().local_get(value).local_get(length).memory_fill(0);
    }

    fn copy(&mut self, to_memory: u32, from_memory: u32) {
        let [to, from, length] = self.three();
        self.within(to, length, to_memory);
        self.within(from, length, from_memory);
        let (to_base, from_base) = (self.layout.base(to_memory), self.layout.base(from_memory));
        let mut sink = self.sink();
        sink.local_get(to).global_get(to_base).i32_add().local_get(from).global_get(from_base).i32_add();
        sink.local_get(length).memory_copy(0, 0);
    }

    pub fn init(&mut self, memory: u32, segment: u32) {
        let [to, from, length] = self.three();
        self.within(to, length, memory);
        let base = self.layout.base(memory);
        // The segment's own bounds are the browser's business.
        self.sink().local_get(to).global_get(base).i32_add().local_get(from).local_get(length).memory_init(0, segment);
    }
}

/// An instruction that is written anew.
enum Change<'a> {
    Call(u32),
    ReturnCall(u32),
    RefFunc(u32),
    Size(u32),
    Grow(u32),
    Fill(u32),
    Copy(u32, u32),
    Init(u32, u32),
    Access(Access, Argument<'a>),
}

impl<'a> Change<'a> {
    fn of(operator: &Operator<'_>, instruction: &'a [u8]) -> Option<Self> {
        Some(match *operator {
            Operator::Call { function_index } => Self::Call(function_index),
            Operator::ReturnCall { function_index } => Self::ReturnCall(function_index),
            Operator::RefFunc { function_index } => Self::RefFunc(function_index),
            Operator::MemorySize { mem } => Self::Size(mem),
            Operator::MemoryGrow { mem } => Self::Grow(mem),
            Operator::MemoryFill { mem } => Self::Fill(mem),
            Operator::MemoryCopy { dst_mem, src_mem } => Self::Copy(dst_mem, src_mem),
            Operator::MemoryInit { data_index, mem } => Self::Init(mem, data_index),
            _ => {
                let (&prefix, mut rest) = instruction.split_first()?;
                let code = if matches!(prefix, 0xfd | 0xfe) { leb(&mut rest)? } else { 0 };
                let access = access::of(prefix, u32::try_from(code).ok()?)?;
                Self::Access(access, Argument::read(instruction, rest)?)
            }
        })
    }
}

/// A memory argument, and what is around it.
struct Argument<'a> {
    opcode: &'a [u8],
    alignment: u32,
    memory: u32,
    offset: u64,
    /// The lane's number, where there is one.
    lane: &'a [u8],
}

impl<'a> Argument<'a> {
    fn read(instruction: &'a [u8], mut rest: &'a [u8]) -> Option<Self> {
        /// Set where the memory's number follows.
        const NUMBERED: u64 = 1 << 6;
        let opcode = instruction.get(..instruction.len() - rest.len())?;
        let flags = leb(&mut rest)?;
        let memory = if flags & NUMBERED == 0 { 0 } else { leb(&mut rest)? };
        let offset = leb(&mut rest)?;
        Some(Self { opcode, alignment: (flags & !NUMBERED) as u32, memory: memory as u32, offset, lane: rest })
    }
}

/// An unsigned number as WebAssembly writes them.
fn leb(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
