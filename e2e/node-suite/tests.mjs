// Node's tests in a checkout of Node: which there are, and what each asks for in its first lines.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Folders of `test/`, in the order in which they are run. */
export const suites = ['parallel', 'sequential', 'es-module', 'async-hooks', 'message', 'pseudo-tty'];

/**
 * All tests below `directory`/test, sorted: `{ name: "parallel/test-x.js", flags, env, expected }`. `expected` is the text of the `.out` file beside it, which
 * the output must match; undefined where there is none.
 */
export async function find(directory) {
  const found = [];
  for (const suite of suites) {
    const folder = path.join(directory, 'test', suite);
    if (!existsSync(folder)) continue;
    for (const file of (await readdir(folder)).sort()) {
      const match = /^(test-.*)\.m?js$/.exec(file) ?? (suite === 'message' || suite === 'pseudo-tty' ? /^(.*)\.m?js$/.exec(file) : null);
      if (match === null) continue;
      const source = await readFile(path.join(folder, file), 'utf8');
      const out = path.join(folder, `${match[1]}.out`);
      const expected = (suite === 'message' || suite === 'pseudo-tty') && existsSync(out) ? await readFile(out, 'utf8') : undefined;
      found.push({ name: `${suite}/${file}`, flags: words(source, 'Flags'), env: variables(words(source, 'Env')), expected });
    }
  }
  return found;
}

/** Words of `// Flags: …` lines; quotes keep words together. */
function words(source, name) {
  const all = [];
  for (const [, line] of source.matchAll(new RegExp(`^//\\s+${name}:(.*)$`, 'gm'))) {
    for (const [word] of line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) all.push(word.replace(/["']/g, ''));
  }
  return all;
}

function variables(all) {
  return Object.fromEntries(all.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

/** Whether a test's output is what its `.out` file says: line by line, where `*` stands for anything. */
export function matches(expected, output) {
  const lines = (text) => text.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '');
  const [wanted, seen] = [lines(expected), lines(output)];
  if (wanted.length !== seen.length) return false;
  return wanted.every((line, at) => new RegExp(`^${line.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(seen[at]));
}
