//! The durable store over the browser's files: a method for each of the kernel's, over objects with the methods of `FileSystemSyncAccessHandle`.
//!
//! Errors are JavaScript's, named by what went wrong: `NoSpace`, `Corrupt`, `NoChunk` and so on, as in [`StoreError`].

use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use porthole_kernel::store::{Disk, DiskError, File, Opened, Store as Kept, StoreError};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// A file: `FileSystemSyncAccessHandle`, or what behaves like one.
    #[wasm_bindgen(typescript_type = "AccessHandle")]
    pub type Handle;

    #[wasm_bindgen(method, structural, catch)]
    fn read(this: &Handle, into: &mut [u8], options: &Object) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn write(this: &Handle, from: &[u8], options: &Object) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn truncate(this: &Handle, size: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = getSize)]
    fn get_size(this: &Handle) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn flush(this: &Handle) -> Result<(), JsValue>;
}

/// The files of one store.
struct Handles {
    journals: [Handle; 2],
    heap: Handle,
}

impl Handles {
    fn of(&self, file: File) -> &Handle {
        let [a, b] = &self.journals;
        match file {
            File::JournalA => a,
            File::JournalB => b,
            File::Heap => &self.heap,
        }
    }
}

impl Disk for Handles {
    fn size(&self, file: File) -> Result<u64, DiskError> {
        self.of(file).get_size().map(|size| size as u64).map_err(failure)
    }

    fn read_at(&self, file: File, offset: u64, into: &mut [u8]) -> Result<usize, DiskError> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..)
            && !rest.is_empty()
        {
            let count = self.of(file).read(rest, &at(offset + done as u64)).map_err(failure)? as usize;
            if count == 0 {
                break;
            }
            done += count;
        }
        Ok(done)
    }

    fn write_at(&mut self, file: File, offset: u64, data: &[u8]) -> Result<(), DiskError> {
        let mut done = 0;
        while let Some(rest) = data.get(done..)
            && !rest.is_empty()
        {
            let count = self.of(file).write(rest, &at(offset + done as u64)).map_err(failure)? as usize;
            // Firefox writes less than it was given when it may not write more.
            if count == 0 {
                return Err(DiskError::NoSpace);
            }
            done += count;
        }
        Ok(())
    }

    fn truncate(&mut self, file: File, size: u64) -> Result<(), DiskError> {
        self.of(file).truncate(size as f64).map_err(failure)
    }

    fn flush(&mut self, file: File) -> Result<(), DiskError> {
        self.of(file).flush().map_err(failure)
    }
}

fn at(offset: u64) -> Object {
    let options = Object::new();
    // Setting a property of a new object does not fail.
    let _ = Reflect::set(&options, &"at".into(), &(offset as f64).into());
    options
}

fn failure(error: JsValue) -> DiskError {
    match error.dyn_ref::<Error>() {
        _ if property(&error, "name") == "QuotaExceededError" => DiskError::NoSpace,
        Some(error) => DiskError::Failed(error.to_string().into()),
        None => DiskError::Failed(format!("{}: {}", property(&error, "name"), property(&error, "message"))),
    }
}

fn property(value: &JsValue, name: &str) -> String {
    Reflect::get(value, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

fn thrown(error: StoreError) -> JsValue {
    let name = match error {
        StoreError::NoSpace => "NoSpace",
        StoreError::Disk(_) => "Disk",
        StoreError::Corrupt { .. } => "Corrupt",
        StoreError::BadSnapshot { .. } => "BadSnapshot",
        StoreError::NoHead => "NoHead",
        StoreError::Version(_) => "Version",
        StoreError::Inconsistent(_) => "Inconsistent",
        StoreError::NoChunk(_) => "NoChunk",
        StoreError::BadChunk { .. } => "BadChunk",
        StoreError::Refused(_) => "Refused",
    };
    let thrown = Error::new(&error.to_string());
    thrown.set_name(name);
    thrown.into()
}

/// An open store. Numbers of commits and chunks are below 2^53.
#[wasm_bindgen]
pub struct Store {
    kept: Kept<Handles>,
    opened: Opened,
}

#[wasm_bindgen]
impl Store {
    /// # Errors
    /// What is wrong with the files. `Corrupt` has a remedy: `salvage`.
    pub fn open(journal_a: Handle, journal_b: Handle, heap: Handle, salvage: bool) -> Result<Store, JsValue> {
        let handles = Handles { journals: [journal_a, journal_b], heap };
        let (kept, opened) = if salvage { Kept::salvage(handles) } else { Kept::open(handles) }.map_err(thrown)?;
        Ok(Store { kept, opened })
    }

    /// What was there when the store was opened. Can be taken once.
    #[wasm_bindgen(js_name = takeSnapshot)]
    pub fn take_snapshot(&mut self) -> Option<Vec<u8>> {
        self.opened.snapshot.take()
    }

    /// The transactions after the snapshot. Can be taken once.
    #[wasm_bindgen(js_name = takeTransactions)]
    pub fn take_transactions(&mut self) -> Array {
        std::mem::take(&mut self.opened.transactions).iter().map(|bytes| JsValue::from(Uint8Array::from(bytes.as_slice()))).collect()
    }

    /// What `salvage` could not save, in words.
    #[wasm_bindgen(js_name = leftOut)]
    pub fn left_out(&self) -> Option<String> {
        self.opened.left_out.as_ref().map(ToString::to_string)
    }

    #[wasm_bindgen(js_name = lastCommit)]
    pub fn last_commit(&self) -> f64 {
        self.kept.last_commit() as f64
    }

    /// One or more commits, from `first` on. `ids` and `chunks` (each a `Uint8Array`) go together.
    ///
    /// # Errors
    /// `NoSpace` and others; nothing has changed then.
    pub fn commit(
        &mut self,
        first: f64,
        transactions: Vec<Uint8Array>,
        ids: &[f64],
        chunks: Vec<Uint8Array>,
        dropped: &[f64],
    ) -> Result<(), JsValue> {
        let transactions: Vec<Vec<u8>> = transactions.iter().map(Uint8Array::to_vec).collect();
        let transactions: Vec<&[u8]> = transactions.iter().map(Vec::as_slice).collect();
        let chunks: Vec<Vec<u8>> = chunks.iter().map(Uint8Array::to_vec).collect();
        let chunks: Vec<(u64, &[u8])> = ids.iter().map(|&id| id as u64).zip(chunks.iter().map(Vec::as_slice)).collect();
        let dropped: Vec<u64> = dropped.iter().map(|&id| id as u64).collect();
        self.kept.commit_all(first as u64, &transactions, &chunks, &dropped).map_err(thrown)
    }

    /// Makes all commits durable and answers the last one's number.
    ///
    /// # Errors
    /// What the disk says; the store is of no further use then.
    pub fn sync(&mut self) -> Result<f64, JsValue> {
        self.kept.sync().map(|commit| commit as f64).map_err(thrown)
    }

    /// # Errors
    /// `NoChunk`, `BadChunk`, `Disk`.
    pub fn chunk(&self, id: f64) -> Result<Vec<u8>, JsValue> {
        self.kept.chunk(id as u64).map_err(thrown)
    }

    /// Nobody asks any more for what commits up to `upto` have dropped.
    pub fn release(&mut self, upto: f64) {
        self.kept.release(upto as u64);
    }

    #[wasm_bindgen(js_name = wantsSnapshot)]
    pub fn wants_snapshot(&self) -> bool {
        self.kept.wants_snapshot()
    }

    /// All files as of a commit, in place of the commits up to it. Everything is durable afterwards.
    ///
    /// # Errors
    /// As `commit`.
    pub fn snapshot(&mut self, upto: f64, bytes: &[u8]) -> Result<(), JsValue> {
        self.kept.snapshot(upto as u64, bytes).map_err(thrown)
    }

    #[wasm_bindgen(js_name = wantsCompaction)]
    pub fn wants_compaction(&self) -> bool {
        self.kept.wants_compaction()
    }

    /// Moves chunks together, `budget` bytes at most. Whether any was moved.
    ///
    /// # Errors
    /// As `commit` and `sync`.
    pub fn compact(&mut self, budget: f64) -> Result<bool, JsValue> {
        self.kept.compact(budget as u64).map_err(thrown)
    }

    /// Keeps so many bytes ready for what is committed next. Whether the disk has them.
    ///
    /// # Errors
    /// `Disk`.
    pub fn reserve(&mut self, bytes: f64) -> Result<bool, JsValue> {
        self.kept.reserve(bytes as u64).map_err(thrown)
    }

    /// How many bytes the disk would give for chunks, `most` at most.
    ///
    /// # Errors
    /// `Disk`.
    pub fn probe(&mut self, most: f64) -> Result<f64, JsValue> {
        self.kept.probe(most as u64).map(|bytes| bytes as f64).map_err(thrown)
    }

    /// Bytes between chunks that may be written again, in pieces.
    #[wasm_bindgen(js_name = gapBytes)]
    pub fn gap_bytes(&self) -> f64 {
        self.kept.usage().gaps as f64
    }

    /// Bytes of all files.
    #[wasm_bindgen(js_name = totalBytes)]
    pub fn total_bytes(&self) -> f64 {
        self.kept.usage().total as f64
    }

    /// Bytes of the chunks that are in use.
    #[wasm_bindgen(js_name = chunkBytes)]
    pub fn chunk_bytes(&self) -> f64 {
        self.kept.usage().chunks as f64
    }
}
