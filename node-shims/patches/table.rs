[
    Patch {
        id: "internal/deps/undici/undici",
        find: "        mod = new WebAssembly.Module(llhttpWasmData || require_llhttp_wasm());",
        replace: "        return internalBinding('undici_parser').instance(() => currentParser, () => currentBufferRef);",
        reason: "QuickJS has no WebAssembly: the response parser of fetch is a binding",
    },
    Patch {
        id: "internal/deps/undici/undici",
        find: "      setGlobalDispatcher2(new Agent());",
        replace: "      setGlobalDispatcher2(internalBinding('fetch').route(new Agent()));",
        reason: "other hosts are reached through the browser alone",
    },
]
