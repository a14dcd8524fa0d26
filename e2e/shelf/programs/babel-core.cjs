const babel = require('@babel/core');
const out = babel.transformSync('const f = async ({ a, ...rest }) => a?.b ?? rest; class X { #p = 1; get p() { return this.#p; } }', {
  presets: [[require('@babel/preset-env'), { targets: { ie: '11' } }]], configFile: false, babelrc: false, filename: 'x.js', comments: false,
});
console.log(out.code.length, out.code.slice(0, 200));
