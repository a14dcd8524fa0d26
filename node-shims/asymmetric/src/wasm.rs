//! The image's exports, and its one import.

#[link(wasm_import_module = "porthole")]
unsafe extern "C" {
    fn random(at: *mut u8, length: usize);
}

// SAFETY: the host writes into the slice and nowhere else.
porthole_extension::exports!(|request| crate::call(request, &mut |bytes| unsafe { random(bytes.as_mut_ptr(), bytes.len()) }));
