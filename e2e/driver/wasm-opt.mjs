// Binaryen's wasm-opt over an image, remembered by content: it takes twenty seconds.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { hashOf } from './hash.mjs';
import { root } from './root.mjs';

const run = promisify(execFile);

// What Rust and clang emit for this target. Without the list wasm-opt refuses the input.
const features = ['bulk-memory', 'sign-ext', 'nontrapping-float-to-int', 'mutable-globals', 'multivalue', 'reference-types'];

/** The bytes of the image, optimised unless `dev`. */
export async function optimise(file, { dev }) {
  const input = await readFile(file);
  if (dev) return input;
  const flags = ['-O3', ...features.map((name) => `--enable-${name}`), '--strip-debug', '--strip-producers'];
  const cached = path.join(root, 'target/web/opt', `${hashOf(input, flags.join(' '))}.wasm`);
  if (!(await stat(cached).catch(() => undefined))) {
    console.log(`dist: wasm-opt ${path.basename(file)}`);
    await mkdir(path.dirname(cached), { recursive: true });
    const partial = `${cached}.${process.pid}`;
    await run(process.execPath, [path.join(root, 'node_modules/binaryen/bin/wasm-opt'), ...flags, file, '-o', partial], { maxBuffer: 1 << 26 });
    await rename(partial, cached);
  }
  return readFile(cached);
}
