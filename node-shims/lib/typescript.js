'use strict';
// What Node's library has of amaro, which is WebAssembly: here the image of `node-shims/typescript`.

const { ask } = binding;
delete binding.ask;

const TRANSFORM = 1, MAP = 2;
const CODES = [undefined, 'InvalidSyntax', 'UnsupportedSyntax'];

binding.transformSync = function transformSync(source, options) {
  const { mode, sourceMap, filename = '' } = { __proto__: null, ...options };
  const answer = ask((mode === 'transform' ? TRANSFORM : 0) | (sourceMap ? MAP : 0), filename, `${source ?? ''}`);
  if (answer === undefined) {
    throw { __proto__: null, message: 'TypeScript is made JavaScript by the file typescript.*.wasm, which cannot be loaded, or what it was given is nested too deep' };
  }
  const { 0: kind, 1: text, 2: more, 3: startLine } = answer;
  if (kind === 0) return { __proto__: null, code: text, map: more || undefined };
  throw { __proto__: null, code: CODES[kind], message: text, snippet: more, filename, startLine };
};
