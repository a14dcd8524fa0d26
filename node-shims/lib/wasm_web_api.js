'use strict';
// There is no WebAssembly below: nothing ever asks for a streaming compilation.
binding.setImplementation = () => {};
