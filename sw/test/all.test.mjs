// Compiles every test beside this file and runs it: `node --test sw/test/`.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const tests = (await readdir(here)).filter((name) => name.endsWith('.test.ts'));
if (tests.length === 0) throw new Error(`no tests in ${here}`);
const out = await mkdtemp(path.join(here, '.compiled-'));
process.on('exit', () => rmSync(out, { recursive: true }));
await build({
  entryPoints: tests.map((name) => path.join(here, name)),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
for (const name of tests) await import(pathToFileURL(path.join(out, name.replace(/\.ts$/, '.mjs'))).href);
