// The demo builds itself (demo/build.mjs) into the folder given.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.mjs';

export async function bundleDemo(staging) {
  if (!existsSync(path.join(root, 'demo/build.mjs'))) return { missing: ['demo/build.mjs'], inputs: [] };
  const inputs = path.join(root, 'target/web/demo-inputs.json');
  execFileSync(process.execPath, ['demo/build.mjs', staging, inputs], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return { missing: [], inputs: JSON.parse(await readFile(inputs, 'utf8')) };
}
