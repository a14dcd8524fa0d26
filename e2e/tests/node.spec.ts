// Programs that must do here what they do under real Node of the same version: both run in the same test.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, type Transport } from './fixtures.js';

const programs = resolve(import.meta.dirname, '../programs');
const node = resolve(import.meta.dirname, '../../target/setup/node-24.12.0/package/bin/node');

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** What real Node answers. */
function native(args: string[], cwd: string, stdin: string): Promise<Result> {
  return new Promise((done, fail) => {
    const child = spawn(node, args, { argv0: 'node', cwd, env: { PATH: `${join(node, '..')}:${process.env.PATH}`, HOME: process.env.HOME } });
    const result: Result = { code: 0, stdout: '', stderr: '' };
    child.stdout.on('data', (piece) => (result.stdout += piece));
    child.stderr.on('data', (piece) => (result.stderr += piece));
    child.on('error', fail).on('close', (code) => done({ ...result, code: code ?? -1 }));
    // A program may end without reading it.
    child.stdin.on('error', () => undefined).end(stdin);
  });
}

/**
 * What must be equal. Of an error report on stderr: its place, the line of source and the headline; not the column under the caret, frames and lines inside Node's library
 * and the wording of the engine's own syntax errors.
 */
function comparable({ code, stdout, stderr }: Result, root: string): Result {
  const plain = (text: string): string => text.replaceAll(root, '/programs').replaceAll(node, '/usr/local/bin/node').replaceAll(/\(node:\d+\)/g, '(node:N)');
  const told = plain(stderr)
    .split('\n')
    .filter((line) => !/^\s+at |^\s*\^+\s*$|^node:internal|^\s+throw err;$|^\s*$/.test(line))
    .map((line) => (line.startsWith('SyntaxError:') ? 'SyntaxError' : line));
  return { code, stdout: plain(stdout), stderr: told.join('\n') };
}

const named = readdirSync(programs, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'args')
  .map(({ name }) => name);

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  test.describe(`node over ${transport}`, () => {
    test.beforeEach(async ({ desk }) => {
      await desk.boot({ transport });
      await desk.page.evaluate(async () => container.mount(await (await fetch('programs.zip')).blob(), { path: '/programs' }));
    });

    for (const name of named) {
      test(name, async ({ desk }) => {
        const main = existsSync(join(programs, name, 'main.mjs')) ? 'main.mjs' : 'main.js';
        const input = join(programs, name, 'stdin');
        const stdin = existsSync(input) ? readFileSync(input, 'utf8') : '';
        const [wanted, got] = await Promise.all([native([main], join(programs, name), stdin), desk.run(['node', main], { cwd: `/programs/${name}`, stdin })]);
        expect(comparable(got, '/programs')).toEqual(comparable(wanted, programs));
      });
    }

    test('command lines', async ({ desk }) => {
      const commands: string[][] = JSON.parse(readFileSync(join(programs, 'args/commands.json'), 'utf8'));
      for (const command of commands) {
        const [wanted, got] = await Promise.all([native(command.slice(1), programs, ''), desk.run(command, { cwd: '/programs' })]);
        expect.soft(comparable(got, '/programs'), command.join(' ')).toEqual(comparable(wanted, programs));
      }
    });

    test('a program on stdin', async ({ desk }) => {
      const program = 'console.log("from stdin", process.argv.length); process.exitCode = 3;';
      expect(comparable(await desk.run(['node'], { stdin: program }), '/programs')).toEqual(comparable(await native([], programs, program), programs));
      expect(comparable(await desk.run(['node', '-', 'x'], { stdin: program }), '/programs')).toEqual(comparable(await native(['-', 'x'], programs, program), programs));
    });
  });
}
