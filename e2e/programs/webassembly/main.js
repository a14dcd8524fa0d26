'use strict';
// WebAssembly of the program's own, against Node's: the modules are in the .wat files beside.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const { Worker } = require('node:worker_threads');

const bytes = fs.readFileSync(path.join(__dirname, 'everything.wasm'));
const attempt = (name, work) => {
  try {
    console.log(name, work());
  } catch (error) {
    console.log(name, 'threw', error instanceof Error ? `${error.name}: ${error.message}` : error);
  }
};

console.log(WebAssembly, util.types.isProxy(WebAssembly));
console.log(WebAssembly.validate(bytes), WebAssembly.validate(bytes.subarray(0, 40)), WebAssembly.validate(new ArrayBuffer(3)));
const module_ = new WebAssembly.Module(bytes);
console.log(module_, WebAssembly.Module.imports(module_), WebAssembly.Module.exports(module_));

const counter = new WebAssembly.Global({ value: 'i64', mutable: true }, 5n);
const table = new WebAssembly.Table({ element: 'anyfunc', initial: 2, maximum: 5 });
const thrown = new WebAssembly.Tag({ parameters: ['i32', 'externref'] });
const seen = [];
let called = () => 'nothing';
const host = {
  log(...args) { seen.push(args); return args[3] * 2; },
  note(value) { seen.push(typeof value); return value; },
  pair() { return new Set([1, 2]); },
  call() { return called(); },
  base: 64, counter, table, thrown,
};
const instance = new WebAssembly.Instance(module_, { host });
const { exports: run } = instance;
console.log(instance, run, Object.isFrozen(run), Object.getPrototypeOf(run));
const { memory } = run;
const text = (at, length) => Buffer.from(memory.buffer, at, length).toString();
console.log(text(16, 9), text(64, 11), new Uint8Array(memory.buffer)[0]);

// ---- Values
attempt('log', () => run.log(3.9, -5n, 1.1, 2.25));
attempt('log', () => run.log('12', 2n ** 63n, '1e40', {}));
attempt('log', () => run.log({ valueOf: () => 7 }, true));
attempt('log', () => run.log(1, 2));
attempt('log', () => run.log(Symbol('no'), 1n));
console.log(seen);
for (const value of [undefined, null, 1.5, 'text', 10n, Symbol.iterator, run, run.double, [1]]) attempt('note', () => run.note(value) === value);
attempt('swapped', () => run.swapped());
host.pair = () => 'changed later: it was imported before';
attempt('swapped', () => run.swapped());
console.log(run.double.name, run.double.length, run.double(21), run.double(), run.double(2 ** 33 + 1), run.log.length);

// ---- Errors
called = () => { throw new RangeError('mine'); };
attempt('call', () => run.call());
attempt('caught', () => run.caught());
called = () => run.call();
attempt('without end', () => run.call());
called = () => { throw 'a string'; };
attempt('call', () => run.call());
called = () => run.double(4);
attempt('call', () => run.call());
attempt('caught', () => run.caught());
called = () => run.unreachable();
attempt('call', () => run.call());
attempt('unreachable', () => run.unreachable());
attempt('divide', () => run.divide(7, -2));
attempt('divide', () => run.divide(1, 0));
attempt('divide', () => run.divide(-(2 ** 31), -1));
attempt('deep', () => run.deep(0));
try {
  run.throw(5, host);
} catch (error) {
  console.log(error instanceof WebAssembly.Exception, error.is(thrown), error.getArg(thrown, 0), error.getArg(thrown, 1) === host, error.is(new WebAssembly.Tag({ parameters: [] })));
}
called = () => { throw new WebAssembly.Exception(thrown, [1, 'x']); };
attempt('caught', () => run.caught());
try {
  run.call();
} catch (error) {
  console.log(error.is(thrown), error.getArg(thrown, 1));
}

// ---- Memory
const before = memory.buffer;
console.log(before === memory.buffer, before.byteLength, run.size());
for (const at of [65535, 65536, -1]) attempt('fill', () => run.fill(at, 7, 1));
attempt('fill', () => run.fill(0, 0, 65537));
attempt('fill', () => run.fill(65536, 0, 0));
attempt('copy', () => { run.copy(100, 16, 9); return text(100, 9); });
attempt('copy', () => run.copy(0, 65535, 2));
attempt('init', () => { run.init(120, 1, 4); return text(120, 4); });
attempt('init', () => run.init(0, 5, 3));
attempt('init', () => { run.drop(); return run.init(0, 0, 1); });
attempt('load', () => { new DataView(memory.buffer).setUint32(200, 0x81828384, true); return run.load(200); });
for (const at of [65532, 65533, 65536, -4]) attempt('load', () => run.load(at));
attempt('store', () => { run.store(300, -2n, 0.1, Math.PI); return Buffer.from(memory.buffer, 300, 28).toString('hex'); });
attempt('store', () => run.store(65530, 1n, 1, 1));
attempt('far', () => run.far(0));
attempt('farther', () => run.farther(2));
attempt('vector', () => { new Uint32Array(memory.buffer, 400, 4).set([1, 2, 3, 4]); return [run.vector(400), Buffer.from(memory.buffer, 400, 48).toString('hex')]; });
attempt('vector', () => run.vector(65536 - 40));
attempt('atomic', () => run.atomic(408));
attempt('atomic', () => run.atomic(409));
attempt('grow', () => [run.grow(1), run.size(), before.byteLength, memory.buffer.byteLength, text(16, 9), before.detached]);
attempt('far', () => run.far(0));
attempt('grow', () => [memory.grow(1), run.size(), run.grow(9), run.size()]);
attempt('grow', () => memory.grow(5));
attempt('grow', () => memory.grow(-1));
attempt('new', () => { new Uint8Array(memory.buffer)[70001] = 3; return run.far(1); });

// ---- Tables and globals
attempt('table', () => [table.length, table.get(0) === run.double, table.get(0)(8), table.get(1)]);
attempt('table', () => table.get(2));
attempt('table', () => table.set(1, () => 1));
attempt('table', () => { table.set(1, run.size); return [table.grow(2), table.length]; });
attempt('table', () => table.grow(9));
attempt('indirect', () => run.indirect(0, 11));
attempt('indirect', () => run.indirect(1, 11));
attempt('indirect', () => run.indirect(2, 11));
attempt('indirect', () => run.indirect(99, 11));
attempt('own', () => { run.own.set(0, 'kept'); return [run.own.get(0), run.own.get(1), run.own.length]; });
attempt('count', () => { run.count(); run.count(); return counter.value; });
attempt('counter', () => { counter.value = 2n ** 64n + 3n; run.count(); return counter.value; });
attempt('counter', () => { counter.value = 1; });
attempt('half', () => [run.half.value, run.half.valueOf()]);
attempt('half', () => { 'use strict'; run.half.value = 1; });
attempt('held', () => { run.hold({ a: 1 }); return run.held.value; });
console.log(memory, table, counter, thrown);

// ---- Other instances
const other = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'other.wasm'))), { first: { ...run, table } });
attempt('other', () => [other.exports.quadruple(5), run.indirect(1, 5), table.get(1) === run.size]);
attempt('other', () => { other.exports.put(500, 1234); return new Uint32Array(memory.buffer, 500, 1)[0]; });
attempt('other', () => [other.exports.grow(), run.size()]);

// ---- What cannot be made
attempt('Module', () => new WebAssembly.Module());
attempt('Module', () => new WebAssembly.Module('text'));
attempt('Module', () => WebAssembly.Module(bytes));
attempt('Instance', () => new WebAssembly.Instance({}));
attempt('Instance', () => new WebAssembly.Instance(module_));
attempt('Instance', () => new WebAssembly.Instance(module_, 1));
for (const name of Object.keys(host)) attempt(name, () => new WebAssembly.Instance(module_, { host: { ...host, [name]: 'wrong' } }));
attempt('Memory', () => new WebAssembly.Memory());
attempt('Memory', () => new WebAssembly.Memory({ maximum: 1 }));
attempt('Memory', () => new WebAssembly.Memory({ initial: 2, maximum: 1 }).buffer.byteLength);
attempt('Memory', () => new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer.constructor.name);
attempt('Table', () => new WebAssembly.Table({ element: 'i32', initial: 1 }).length);
attempt('Global', () => new WebAssembly.Global({ value: 'f32' }, 1.1).value);
attempt('Global', () => new WebAssembly.Global({ value: 'externref' }).value);
attempt('errors', () => [new WebAssembly.RuntimeError('x') instanceof Error, String(WebAssembly.CompileError('y')), Object.prototype.toString.call(new WebAssembly.LinkError())]);

// ---- Copies
attempt('clone', () => new WebAssembly.Instance(structuredClone({ module_ }).module_, { host }).exports.double(6));
for (const object of [instance, memory, table, counter, thrown]) attempt('clone', () => { try { return structuredClone(object); } catch (error) { return error.name; } });
attempt('sections', () => WebAssembly.Module.customSections(module_, 'none'));

// ---- Imports that wait, within WebAssembly within an import
called = () => {
  called = () => console.log(fs.readFileSync(path.join(__dirname, 'other.wat'), 'utf8').length, execFileSync(process.execPath, ['-p', '6 * 7'], { encoding: 'utf8' }).trim());
  return run.call();
};
attempt('waits', () => run.call());

(async () => {
  const made = await WebAssembly.instantiate(bytes, { host });
  console.log(Object.keys(made), made.instance.exports.double(4));
  console.log(await WebAssembly.instantiate(await WebAssembly.compile(bytes), { host }) instanceof WebAssembly.Instance);
  for (const work of [() => WebAssembly.compile(), () => WebAssembly.instantiate(module_, {}), () => WebAssembly.instantiate(bytes, { host: { ...host, log: 1 } })]) {
    await work().catch((error) => console.log(`${error.name}: ${error.message}`));
  }
  const response = new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
  console.log((await WebAssembly.instantiateStreaming(response, { host })).instance.exports.double(50));
  await WebAssembly.compileStreaming(new Response(bytes)).catch((error) => console.log(error.code));
  const small = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 0, 3, 1, 120, 7, 0, 2, 1, 120);
  const worker = new Worker("require('worker_threads').parentPort.once('message', (module) => console.log(module, new WebAssembly.Instance(module)))", { eval: true });
  worker.postMessage(new WebAssembly.Module(small));
  console.log(WebAssembly.Module.customSections(new WebAssembly.Module(small), 'x'));
})();
