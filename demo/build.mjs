// Builds the demo into a folder that already holds Porthole's own files: `node demo/build.mjs DIST [INPUTS.json]`.
// The second file gets the list of bundled sources, from which licences are collected.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

const here = dirname(fileURLToPath(import.meta.url));
const [, , dist, inputsFile] = process.argv;
if (!dist) {
  console.error('usage: node demo/build.mjs DIST [INPUTS.json]');
  process.exit(2);
}

const { metafile } = await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile: join(dist, 'demo.js'),
  bundle: true,
  metafile: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  absWorkingDir: join(here, '..'),
  // Users import the client by its address; so does the demo.
  plugins: [{ name: 'porthole', setup: ({ onResolve }) => onResolve({ filter: /^porthole$/ }, () => ({ path: './porthole.mjs', external: true })) }],
});
if (inputsFile) writeFileSync(inputsFile, JSON.stringify(Object.keys(metafile.inputs)));
for (const file of ['index.html', 'icon.svg']) cpSync(join(here, file), join(dist, file));
const xterm = join(here, '../node_modules/@xterm/xterm/css/xterm.css');
writeFileSync(join(dist, 'demo.css'), `${readFileSync(xterm, 'utf8')}\n${readFileSync(join(here, 'demo.css'), 'utf8')}`);

mkdirSync(join(dist, 'examples'), { recursive: true });
cpSync(join(here, 'examples/examples.json'), join(dist, 'examples/examples.json'));
for (const { id } of JSON.parse(readFileSync(join(here, 'examples/examples.json'), 'utf8'))) {
  const folder = join(here, 'examples', id);
  if (existsSync(join(folder, 'package-lock.json')) && !installed(folder)) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
  }
  writeFileSync(join(dist, 'examples', `${id}.zip`), zipSync(entries(folder, folder), { level: 9 }));
}

/** Whether npm has installed what the lock file says. */
function installed(folder) {
  const marker = join(folder, 'node_modules/.package-lock.json');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs;
}

/** All files below a folder for fflate, with Unix modes; links stay links. */
function entries(root, folder) {
  const found = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const info = lstatSync(path);
    const key = relative(root, path);
    // Symbolic links and modes travel in the upper half of the external attributes, written by "Unix" (3).
    const options = { os: 3, attrs: info.mode << 16, mtime: new Date('2024-01-01T00:00:00') };
    if (info.isDirectory()) Object.assign(found, entries(root, path));
    else if (info.isSymbolicLink()) found[key] = [Buffer.from(readlinkSync(path)), options];
    else found[key] = [readFileSync(path), options];
  }
  return found;
}
