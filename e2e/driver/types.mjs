// porthole.d.ts: the public client's types, made by tsc from its source.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { clientEntry } from './bundle.mjs';
import { root } from './root.mjs';

const run = promisify(execFile);

export async function writeTypes(staging) {
  if (!existsSync(clientEntry)) return;
  const flags = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', 'sw/src', '--outDir', path.join(staging, 'types')];
  try {
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'sw/tsconfig.client.json', ...flags], { cwd: root });
  } catch (error) {
    throw new Error(`porthole.d.ts:\n${error.stdout ?? error.message}`);
  }
  await writeFile(path.join(staging, 'porthole.d.ts'), "export * from './types/porthole.js';\n");
}
