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
        id: "internal/modules/typescript",
        find: "const amaro = require('internal/deps/amaro/dist/index');",
        replace: "const amaro = internalBinding('typescript');",
        reason: "amaro is WebAssembly: types are stripped by an image of their own",
    },
    Patch {
        id: "internal/util",
        find: "    getStructuredStackImpl = runInNewContext(`(function() {\n      try { Error.stackTraceLimit = Infinity; } catch {}\n      return function structuredStack() {\n        const e = new Error();\n        overrideStackTrace.set(e, (err, trace) => trace);\n        return e.stack;\n      };\n    })()`, { overrideStackTrace }, { filename: 'structured-stack' });",
        replace: "    getStructuredStackImpl = function structuredStack() {\n      const e = new Error();\n      overrideStackTrace.set(e, (err, trace) => trace);\n      return e.stack;\n    };",
        reason: "other contexts have stacks as text only; no program's `Error.prepareStackTrace` comes before this one",
    },
    Patch {
        id: "internal/worker",
        find: "cwdCounter = new Uint32Array(constructSharedArrayBuffer(4));",
        replace: "cwdCounter = new Uint32Array(1);",
        reason: "threads do not share memory: each has the working directory that it was started in",
    },
]
