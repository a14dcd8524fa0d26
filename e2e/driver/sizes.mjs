// Prints what dist/ weighs against the budgets of ARCHITECTURE.md, section 9.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

async function weigh(directory, name) {
  const bytes = await readFile(path.join(directory, name));
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** Raw and gzip sizes of what visitors download, in bytes, by group. */
export async function measureSizes(directory, manifest) {
  const files = await readdir(directory);
  const groups = [
    { name: 'script + kernel', budget: 400_000, files: ['porthole.mjs', 'sw.js', 'supervisor.js', 'process.js', 'preview.js', manifest.kernel.file] },
    { name: 'process image + library', budget: 3_000_000, files: [manifest.process.file, manifest.library?.file] },
    { name: 'loaded by who needs it', budget: 2_000_000, files: ['later.js', manifest.rest?.file, ...Object.values(manifest.extensions).map(({ file }) => file)] },
  ];
  return Promise.all(
    groups.map(async (group) => {
      const present = group.files.filter((name) => name && files.includes(name));
      const weighed = await Promise.all(present.map((name) => weigh(directory, name)));
      const sum = (key) => weighed.reduce((total, file) => total + file[key], 0);
      return { ...group, files: weighed, raw: sum('raw'), gzip: sum('gzip') };
    }),
  );
}

export async function reportSizes(directory, manifest, { dev }) {
  const line = (name, raw, gzip, note = '') => console.log(`  ${name.padEnd(34)} ${raw.padStart(11)} ${gzip.padStart(11)}  ${note}`.trimEnd());
  line('', 'raw', 'gzip');
  for (const group of await measureSizes(directory, manifest)) {
    for (const file of group.files) line(file.name, kilo(file.raw), kilo(file.gzip));
    const share = `${Math.round((group.gzip / group.budget) * 100)} % of ${kilo(group.budget)}`;
    const verdict = dev ? 'development build' : group.gzip <= group.budget ? 'within the budget' : 'OVER THE BUDGET';
    line(group.name, kilo(group.raw), kilo(group.gzip), `${share}: ${verdict}`);
  }
}
