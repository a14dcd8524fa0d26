const util = require('util');
class A { constructor() { this.x = 1; } get y() { return 2; } static z = 3; }
console.log(new A(), A, [new A()], { a: { b: { c: { d: 1 } } } }, [1, , 3], new Map([['k', new Set([1])]]), Symbol('s'), -0, 10n, null, undefined);
console.log(new Proxy({ a: 1 }, {}), util.inspect(new Proxy({ a: 1 }, {}), { showProxy: true }), Promise.resolve(1), Promise.reject(2).catch(() => {}) && 0, new Promise(() => {}));
console.log(function named() {}, () => {}, async () => {}, function* gen() {}, class {}, class B extends A {}, Math.max);
console.log(new Error('shown').message, [new Date(0)], /re/g, new Uint8Array(3), Buffer.from('hi'), new ArrayBuffer(2), Object.create(null), Object.create({ constructor: null }));
console.log(util.types.isProxy(new Proxy({}, {})), util.types.isAsyncFunction(async () => {}), util.types.isGeneratorObject((function* () {})()), util.types.isModuleNamespaceObject({}));
console.log(util.format('%s %d %i %j %o %%', 'a', 1.5, 2.7, { b: 1 }, [1]), util.inspect('it\'s'), util.isDeepStrictEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }));
console.log(process.argv.length, typeof process.pid, process.platform, process.version, Object.keys(process.versions).includes('node'), process.title.length > 0);
process.env.NUMBER = 5;
console.log(process.env.NUMBER, typeof process.env.NUMBER, 'NUMBER' in process.env, delete process.env.NUMBER, process.env.NUMBER);
console.log(new AbortController().signal, new URL('http://a/b?c#d').searchParams, new TextEncoder().encode('é'), performance.now() > 0, typeof performance.timeOrigin);
