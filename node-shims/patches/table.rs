[
    Patch {
        id: "internal/deps/undici/undici",
        find: "        mod = new WebAssembly.Module(llhttpWasmData || require_llhttp_wasm());",
        replace: "        return internalBinding('undici_parser').instance(() => currentParser, () => currentBufferRef);",
        reason: "QuickJS has no WebAssembly: the response parser of fetch is a binding",
    },
]
