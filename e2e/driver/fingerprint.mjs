// Whether anything changed since dist/ was made, told from names, sizes and times.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from './hash.mjs';

/** One hash over all files below the places given. Folders named `node_modules` are left out: the lock files stand for them. */
export async function fingerprint(places, ...more) {
  const lines = [];
  for (const place of places) await visit(place, lines);
  return hashOf(lines.join('\n'), JSON.stringify(more));
}

async function visit(place, lines) {
  const info = await stat(place).catch(() => undefined);
  if (info?.isDirectory()) {
    for (const name of (await readdir(place)).sort()) if (name !== 'node_modules') await visit(path.join(place, name), lines);
  } else {
    lines.push(`${place} ${info?.size} ${info?.mtimeMs}`);
  }
}
