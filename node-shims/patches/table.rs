[
    Patch {
        id: "fs",
        find: "defineLazyProperties(\n  fs,\n  'internal/fs/dir',",
        replace: "binding.quicken(fs);\n\ndefineLazyProperties(\n  fs,\n  'internal/fs/dir',",
        reason: "short ways for the commonest calls: interpreted, Node's own take several times as long as under V8",
    },
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
