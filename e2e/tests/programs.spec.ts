// Programs that print here what real Node prints. Those of node-shims/tests/node are held to it natively too (node-shims/native/tests/programs.rs); here each
// process is a worker of its own, and what is loaded on demand comes from the site.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, type Desk, type Transport } from './fixtures.js';

const programs = resolve(import.meta.dirname, '../../node-shims/tests/node');

/** What lies between processes: threads, memory that they share, sockets that are passed on. */
const between = ['threads', 'passed', 'continuation', 'hooks'];
/** Keys and certificates, and what is spoken with them. */
const secure = ['keys', 'certificates', 'http2', 'http2_plain'];

const needsCertificates = ['certificates', 'http2'];

async function prints(desk: Desk, name: string, beside: string[] = []): Promise<void> {
  for (const file of [`${name}.cjs`, ...beside]) {
    await desk.page.evaluate(([path, text]) => container.fs.writeFile(path, text), [`/tmp/${file}`, readFileSync(`${programs}/${file}`, 'utf8')] as const);
  }
  const { code, stdout, stderr } = await desk.run(['node', `/tmp/${name}.cjs`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(readFileSync(`${programs}/${name}.out`, 'utf8'));
}

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  for (const name of [...between, ...secure]) {
    test(`${name} over ${transport}`, async ({ desk }) => {
      await desk.boot({ transport });
      await prints(desk, name, needsCertificates.includes(name) ? ['certificates.json'] : []);
    });
  }
}
