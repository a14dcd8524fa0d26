// The scripts of sw/src, one file each, with the manifest and the kernel's glue built in.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';

// Output name, its source in sw/src, and its form. Only porthole.mjs is a module: the others are loaded as classic scripts.
const scripts = [
  ['sw.js', 'service-worker/main.ts', 'iife'],
  ['supervisor.js', 'supervisor/main.ts', 'iife'],
  ['process.js', 'process/main.ts', 'iife'],
  ['later.js', 'process/later/main.ts', 'iife'],
  ['preview.js', 'preview/main.ts', 'iife'],
  ['porthole.js', 'tag/main.ts', 'iife'],
  ['porthole.mjs', 'porthole.ts', 'esm'],
];

const target = ['chrome120', 'firefox121', 'safari17'];

export const clientEntry = path.join(root, 'sw/src/porthole.ts');

export async function hostOf(directory) {
  return readFile(path.join(directory, 'porthole_host.js'));
}

/** The script that the service worker puts into previews' documents, as text. */
async function previewScript() {
  const result = await build({ entryPoints: [path.join(root, 'sw/src/preview/main.ts')], absWorkingDir: root, bundle: true, write: false, format: 'iife', target, minify: true, logLevel: 'warning' });
  return result.outputFiles[0].text.trim();
}

/** `porthole:manifest`, `porthole:late` (what of the manifest no script but later.js needs), `porthole:preview` and `porthole:host`, for `import` in sw/src. */
export function builtIn({ rest, extensions, ...manifest }, host) {
  return {
    name: 'porthole',
    setup(build) {
      build.onResolve({ filter: /^porthole:host$/ }, () => ({ path: path.join(host, 'porthole_host.js') }));
      build.onResolve({ filter: /^porthole:(manifest|late)$/ }, ({ path }) => ({ path: path.slice('porthole:'.length), namespace: 'porthole' }));
      build.onResolve({ filter: /^porthole:preview$/ }, () => ({ path: 'preview', namespace: 'porthole-preview' }));
      build.onLoad({ filter: /.*/, namespace: 'porthole-preview' }, async () => ({ contents: `export const previewScript = ${JSON.stringify(await previewScript())};`, loader: 'js' }));
      build.onLoad({ filter: /.*/, namespace: 'porthole' }, ({ path }) => ({ contents: `export const ${path} = ${JSON.stringify(path === 'late' ? { rest, extensions } : manifest)};`, loader: 'js' }));
    },
  };
}

export async function bundleScripts({ staging, manifest, host, dev }) {
  const missing = [];
  const inputs = new Set();
  await Promise.all(
    scripts.map(async ([name, source, format]) => {
      const entry = path.join(root, 'sw/src', source);
      if (!existsSync(entry)) return void missing.push(`sw/src/${source}`);
      const result = await build({
        entryPoints: [entry],
        outfile: path.join(staging, name),
        absWorkingDir: root,
        bundle: true,
        format,
        target,
        minify: !dev,
        sourcemap: dev ? 'inline' : false,
        legalComments: 'none',
        metafile: true,
        plugins: [builtIn(manifest, host)],
        logLevel: 'warning',
      });
      for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
    }),
  );
  return { missing: missing.sort(), inputs: [...inputs] };
}
