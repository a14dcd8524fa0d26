// What visitors download.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { measureSizes } from '../driver/sizes.mjs';

export const name = 'sizes';

export async function measure(bench) {
  const manifest = JSON.parse(await readFile(path.join(bench.dist, 'manifest.json'), 'utf8'));
  const groups = await measureSizes(bench.dist, manifest);
  return groups.map((group) => ({ name: `download, gzip: ${group.name}`, value: group.gzip / 1000, unit: 'kB', budget: group.budget / 1000 }));
}
