import { rollup } from '@rollup/wasm-node';
const files = { main: "import { a } from 'lib'; console.log(a);", lib: 'export const a = 1; export const unused = 2;' };
const bundle = await rollup({ input: 'main', plugins: [{ name: 'memory', resolveId: (id) => id, load: (id) => files[id] }] });
console.log((await bundle.generate({ format: 'cjs' })).output[0].code);
