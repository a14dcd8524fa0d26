[
    Patch {
        id: "fs",
        find: "defineLazyProperties(\n  fs,\n  'internal/fs/dir',",
        replace: "binding.quicken(fs);\n\ndefineLazyProperties(\n  fs,\n  'internal/fs/dir',",
        reason: "short ways for the commonest calls: interpreted, Node's own take several times as long as under V8",
    },
    Patch {
        id: "path",
        find: "module.exports = isWindows ? win32 : posix;",
        replace: "internalBinding('path').quicken(posix);\n\nmodule.exports = isWindows ? win32 : posix;",
        reason: "as for fs: the module loader joins and resolves several paths for each module",
    },
    Patch {
        id: "internal/deps/undici/undici",
        find: "      const llhttpWasmData = process.env.JEST_WORKER_ID ? require_llhttp_wasm() : void 0;",
        replace: "      return internalBinding('undici_parser').instance(() => currentParser, () => currentBufferRef);",
        reason: "WebAssembly is loaded when a program first uses it, which `fetch` is not worth: its parser of responses is a binding",
    },
    Patch {
        id: "internal/deps/undici/undici",
        find: "      setGlobalDispatcher2(new Agent());",
        replace: "      setGlobalDispatcher2(internalBinding('fetch').route(new Agent()));",
        reason: "other hosts are reached through the browser alone",
    },
    Patch {
        id: "internal/main/eval_string",
        find: "const tsEnabled = getOptionValue('--strip-types');",
        replace: "const tsEnabled = process.config.variables.node_use_amaro && getOptionValue('--strip-types');",
        reason: "a program that does not compile says what is wrong with it: there is nothing here that could strip types from it first",
    },
    Patch {
        id: "internal/main/eval_stdin",
        find: "const tsEnabled = getOptionValue('--strip-types');",
        replace: "const tsEnabled = process.config.variables.node_use_amaro && getOptionValue('--strip-types');",
        reason: "as in eval_string",
    },
    Patch {
        id: "internal/worker",
        find: "cwdCounter = new Uint32Array(constructSharedArrayBuffer(4));",
        replace: "cwdCounter = new Uint32Array(1);",
        reason: "threads do not share memory: each has the working directory that it was started in",
    },
]
