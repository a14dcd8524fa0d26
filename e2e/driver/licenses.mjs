// licenses.txt: the licence texts of everything that is inside dist/ and is not ours.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';

const licenceName = /^(licen[sc]e|copying|notice|unlicense)([.-].*)?$/i;

async function textsIn(directory) {
  const names = (await readdir(directory)).filter((name) => licenceName.test(name)).sort();
  return Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')));
}

/** Crates linked into the images, from cargo's own resolution. */
async function crates(extensions) {
  const flags = ['metadata', '--format-version', '1', '--filter-platform', 'wasm32-unknown-unknown'];
  const metadata = JSON.parse(execFileSync('cargo', flags, { cwd: root, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const packages = new Map(metadata.packages.map((entry) => [entry.id, entry]));
  const isMacro = (entry) => entry.targets.some((target) => target.kind.includes('proc-macro'));
  const seen = new Set();
  const visit = (id) => {
    if (seen.has(id) || isMacro(packages.get(id))) return;
    seen.add(id);
    for (const dependency of nodes.get(id).deps) if (dependency.dep_kinds.some(({ kind }) => kind === null)) visit(dependency.pkg);
  };
  const images = new Set(['host', 'node', ...extensions].map((name) => `porthole-${name}`));
  for (const entry of metadata.packages) if (images.has(entry.name)) visit(entry.id);
  const foreign = [...seen].map((id) => packages.get(id)).filter((entry) => entry.source !== null);
  foreign.sort((a, b) => a.name.localeCompare(b.name));
  return Promise.all(
    foreign.map(async (entry) => {
      const directory = path.dirname(entry.manifest_path);
      const texts = await textsIn(directory);
      // QuickJS itself: its sources lie inside the crate that binds it.
      for (const inner of ['quickjs', 'quickjs-ng']) if (existsSync(path.join(directory, inner))) texts.push(...(await textsIn(path.join(directory, inner))));
      return { title: `${entry.name} ${entry.version} (${entry.license ?? 'see text'})`, texts };
    }),
  );
}

/** npm packages of which files went into a bundle. */
async function packagesOf(inputs) {
  const directories = new Set(inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter(Boolean));
  return Promise.all(
    [...directories].sort().map(async (relative) => {
      const directory = path.join(root, relative);
      const { name, version, license } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'));
      return { title: `${name} ${version} (${license ?? 'see text'})`, texts: await textsIn(directory) };
    }),
  );
}

export async function collectLicenses({ library, extensions, inputs }) {
  const node = { title: 'Node.js: its JavaScript library, and what that contains', texts: [await readFile(path.join(library, 'LICENSE'), 'utf8')] };
  const parts = [node, ...(await crates(extensions)), ...(await packagesOf(inputs))];
  const rule = '='.repeat(100);
  const sections = parts.map(({ title, texts }) => `${rule}\n${title}\n${rule}\n\n${texts.map((text) => text.trim()).join('\n\n') || '(its package carries no separate licence text)'}\n`);
  return `Porthole is MIT OR Apache-2.0. It contains the following works of others.\n\n${sections.join('\n')}`;
}
