'use strict';
// What reads a response for `WebAssembly.compileStreaming` (lib/webassembly.js).
binding.setImplementation = (implementation) => { binding.implementation = implementation; };
