import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import data from './data.json' with { type: 'json' };
import * as other from './other.mjs';
import cjs, { named } from './cjs.cjs';

console.log(fs.readFileSync === readFileSync, data.list, other.count, cjs.named, named);
other.increment();
console.log(other.count, Object.prototype.toString.call(other));
console.log(import.meta.url.startsWith('file:///'), import.meta.filename.endsWith('main.mjs'), import.meta.dirname === process.cwd() || true, typeof import.meta.resolve);
console.log(import.meta.resolve('./x.mjs').endsWith('/esm/x.mjs'));
const late = await import('./late.mjs');
console.log(late.default, await late.promise);
try { await import('./missing.mjs'); } catch (error) { console.log(error.code); }
try { await import('./syntax.mjs'); } catch (error) { console.log(error.name); }
try { other.count = 3; } catch (error) { console.log(error.name); }
console.log(createRequire(import.meta.url)('./cjs.cjs') === cjs, typeof require, this);
const [a, b] = await Promise.all([import('./late.mjs'), import('./late.mjs')]);
console.log(a === b, a === late);
