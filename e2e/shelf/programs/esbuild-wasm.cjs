const esbuild = require('esbuild-wasm');
esbuild.transform('let x: number = 1; export default <T,>(a: T) => a', { loader: 'ts', format: 'cjs' }).then(({ code }) => console.log(code.length > 0, code.slice(-30)));
