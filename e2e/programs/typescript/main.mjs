// TypeScript: files of its three kinds, what is refused and how, and what has to be written anew.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { describe, type as kind } from './shapes.ts';

const require = createRequire(import.meta.url);
const node = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', ...args], { encoding: 'utf8', cwd: import.meta.dirname });
  // What was thrown and where, without the library's part of the way to it.
  const [first, ...frames] = stderr.split('\n').filter((line) => !/node:internal|triggerUncaughtException|^ *\^?$|^Node\.js/.test(line));
  return { status, stdout, stderr: [first, ...frames.filter((line) => !/^ +at /.test(line)), ...frames.filter((line) => /^ +at /.test(line)).slice(0, 1)] };
};

console.log(process.features.typescript, describe({ kind: 'square', side: 3 }), kind);
console.log(require('./older.cts').sum(1, 2, 3), (await import('./newer.mts')).default);

console.log(JSON.stringify(stripTypeScriptTypes('type A<T> = T[];\nlet a: A<number> = [1] as const;\nfunction f(this: any, x?: string): void {}')));
console.log(JSON.stringify(stripTypeScriptTypes('let été: "日本" = x!;', { sourceUrl: 'a.ts' })));
for (const text of ['enum A { B }', 'namespace A { export const b = 1 }', 'class A { constructor(public b: string) {} }', 'let a = <any>b', 'foo bar', 'import a = require("b")']) {
  try {
    console.log(stripTypeScriptTypes(text));
  } catch (error) {
    console.log(error.code, error.message);
  }
}

console.log(node('refused.ts'));
console.log(node('--experimental-transform-types', 'colours.ts'));
console.log(node('--experimental-transform-types', 'thrown.ts'));
console.log(node('--no-experimental-strip-types', '-p', 'process.features.typescript'));
console.log(node('--input-type=module-typescript', '-e', 'const a: string = typeof import.meta; console.log(a)'));
console.log(node('-p', 'const a: number = 1; a satisfies number'));
console.log(node('page.tsx').status);
console.log(execFileSync(process.execPath, ['older.cts'], { encoding: 'utf8', cwd: import.meta.dirname }));
