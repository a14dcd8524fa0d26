// Makes dist/ out of the built wasm images, the TypeScript of sw/src and the demo. Called by `cargo xtask dist`.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleDemo } from './demo.mjs';
import { bundleScripts, hostOf } from './bundle.mjs';
import { compileLibrary } from './compile-library.mjs';
import { fingerprint } from './fingerprint.mjs';
import { hashed, hashOf } from './hash.mjs';
import { collectLicenses } from './licenses.mjs';
import { reportSizes } from './sizes.mjs';
import { root } from './root.mjs';
import { writeTypes } from './types.mjs';
import { optimise } from './wasm-opt.mjs';

const { values: options } = parseArgs({
  options: {
    host: { type: 'string' },
    process: { type: 'string' },
    // NAME=FILE, for each image that a process loads beside its own.
    extension: { type: 'string', multiple: true, default: [] },
    library: { type: 'string' },
    abi: { type: 'string' },
    dev: { type: 'boolean', default: false },
  },
});

const extensionImages = options.extension.map((text) => text.split('='));
const places = ['sw/src', 'demo', 'e2e/driver', 'node-shims/lib', 'node-shims/patches', 'package-lock.json', 'Cargo.lock', 'tsconfig.json'];
const inputs = await fingerprint([...places.map((place) => path.join(root, place)), options.host, options.process, ...extensionImages.map(([, file]) => file)], options);
const stamp = path.join(root, 'dist/.inputs');
if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) {
  console.log('dist: nothing changed');
  process.exit(0);
}

// Built beside and renamed at the end, so that a failing build leaves the old dist/ whole.
const staging = path.join(root, 'target/web/dist');
const output = path.join(root, 'dist');
await rm(staging, { recursive: true, force: true });
await mkdir(staging, { recursive: true });

const [kernelWasm, processWasm, ...extensionWasms] = await Promise.all([
  optimise(path.join(options.host, 'porthole_host_bg.wasm'), options),
  optimise(options.process, options),
  ...extensionImages.map(([, file]) => optimise(file, options)),
]);
const kernel = await hashed(staging, 'kernel', 'wasm', kernelWasm);
const process_ = await hashed(staging, 'node', 'wasm', processWasm);
const packs = await compileLibrary(processWasm, options.library);
const library = packs ? await hashed(staging, 'node-lib', 'bin', packs.first) : null;
const rest = packs ? await hashed(staging, 'node-rest', 'bin', packs.rest) : null;
const extensions = {};
for (const [at, [name]] of extensionImages.entries()) extensions[name] = await hashed(staging, name, 'wasm', extensionWasms[at]);

const manifest = { abi: Number(options.abi), kernel, process: process_, library, rest, extensions };
manifest.build = hashOf(JSON.stringify(manifest), await hostOf(options.host));
const bundled = await bundleScripts({ staging, manifest, host: options.host, dev: options.dev });
const demo = await bundleDemo(staging);
await writeTypes(staging);
await writeFile(path.join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFile(path.join(staging, 'licenses.txt'), await collectLicenses({ library: options.library, extensions: Object.keys(extensions), inputs: [...bundled.inputs, ...demo.inputs] }));

await writeFile(path.join(staging, '.inputs'), inputs);
await rm(output, { recursive: true, force: true });
await rename(staging, output);
await reportSizes(output, manifest, options);
for (const missing of [...bundled.missing, ...demo.missing]) console.log(`dist: ${missing} is not there yet`);
if (!library) console.log('dist: the process image exports no compiler yet: no library pack');
