import fs, { readFileSync } from 'node:fs';
import b, { x as bx, inc } from './b.mjs';
import * as ns from './b.mjs';
import cjs, { named } from './c.cjs';
import data from './d.json' with { type: 'json' };
import './cy1.mjs';
console.log(b, bx, ns, cjs, named, data, fs.readFileSync === readFileSync);
inc();
console.log(bx);
console.log(import.meta.url.endsWith('/esm/main.mjs'), import.meta.filename.endsWith('main.mjs'), import.meta.resolve('./b.mjs').startsWith('file:'), import.meta.main);
console.log(await new Promise((resolve) => setTimeout(() => resolve('top-level await'), 5)));
console.log((await import('./b.mjs')) === ns);
for (const name of ['./nope.mjs', './missing.mjs', './broken.mjs', './throws.mjs', 'no-such-package']) {
  try {
    await import(name);
  } catch (error) {
    console.log(name, error.name, error.code ?? error.message);
  }
}
const { createRequire } = await import('node:module');
const require = createRequire(import.meta.url);
console.log(require('./b.mjs').x, require('./b.mjs').default);
try { require('./waits.mjs'); } catch (error) { console.log(error.code); }
console.log(await import('data:text/javascript,export default 42').then((module) => module.default));
