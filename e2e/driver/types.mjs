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
  const project = path.join(root, 'target/web/tsconfig.types.json');
  const sources = path.join(root, 'sw/src');
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rewriteRelativeImportExtensions: true, rootDir: sources, outDir: path.join(staging, 'types') },
    include: [clientEntry, path.join(sources, 'types')],
  };
  await writeFile(project, JSON.stringify(settings));
  try {
    await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '--project', project], { cwd: root });
  } catch (error) {
    throw new Error(`porthole.d.ts:\n${error.stdout || error.message}`);
  }
  await writeFile(path.join(staging, 'porthole.d.ts'), "export * from './types/porthole.js';\n");
}
