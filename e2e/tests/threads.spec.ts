// What lies between processes: threads, memory that they share, sockets that are passed on. The programs are held to real Node where they run natively
// (node-shims/native/tests/programs.rs); here each process is a worker of its own.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, type Transport } from './fixtures.js';

const programs = resolve(import.meta.dirname, '../../node-shims/tests/node');

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  for (const name of ['threads', 'passed', 'continuation', 'hooks']) {
    test(`${name} over ${transport}`, async ({ desk }) => {
      await desk.boot({ transport });
      const source = readFileSync(`${programs}/${name}.cjs`, 'utf8');
      await desk.page.evaluate((text) => container.fs.writeFile('/tmp/program.cjs', text), source);
      const { code, stdout, stderr } = await desk.run(['node', '/tmp/program.cjs']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(readFileSync(`${programs}/${name}.out`, 'utf8'));
    });
  }
}
