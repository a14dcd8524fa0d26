// `cargo xtask bench`: runs the measurements of e2e/bench in a headless browser; a table, and last one line of JSON.
//
// A measurement is a module with `export const name`, and `export async function measure(bench)` that resolves to a list of
// `{ name, value, unit, budget?, beside? }`: `budget` is the largest value that is good, `beside` says what it was compared with.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './root.mjs';
import { readJob } from './options.mjs';
import { Session } from './session.mjs';

const { values: options, positionals: wanted } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    transport: { type: 'string' },
    runs: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    console: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const bench = {
  root,
  browser: options.browser,
  transport: options.transport,
  runs: Number(options.runs),
  /** The pinned Node release, for comparison in the same run. */
  node: path.join(root, 'target/setup/node-24.12.0/package/bin/node'),
  programs: path.join(root, 'e2e/bench/programs'),
  dist: path.join(root, 'dist'),
  /** A browser with a fresh profile. */
  session: (settings = {}) => new Session({ browser: options.browser, transport: options.transport, console: options.console, chaos: 0, ...settings }),
  /** Runs a job to its end and answers result, stdout and stderr. Throws unless it ended with 0. */
  async run(session, source) {
    const out = { stdout: '', stderr: '' };
    const job = readJob({ timeout: 120, ...source }, root);
    const result = await session.run(job, { stdout: (bytes) => (out.stdout += bytes), stderr: (bytes) => (out.stderr += bytes) });
    if (result.code !== 0) throw new Error(`${source.command.join(' ')} ended with ${result.code}: ${result.error ?? out.stderr}`);
    return { ...result, ...out };
  },
  /** Runs a job whose program would not end: `look` is called once it has printed something, then it is killed. Answers what `look` resolves to. */
  async during(session, source, look) {
    let said;
    const waiting = new Promise((resolve) => (said = resolve));
    let complaint = '';
    const running = session.run(readJob({ timeout: 120, ...source }, root), { stdout: (bytes) => (source.heard?.(String(bytes)), said(true)), stderr: (bytes) => (complaint += bytes) });
    const early = running.then(({ code, error }) => {
      throw new Error(`${source.command.join(' ')} ended with ${code}: ${error ?? complaint}`);
    });
    await Promise.race([waiting, early]);
    early.catch(() => {});
    const seen = await look();
    session.stop();
    await running;
    return seen;
  },
  /** Median of a list. */
  median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  },
};

const directory = path.join(root, 'e2e/bench');
const files = (await readdir(directory)).filter((name) => name.endsWith('.mjs')).sort();
const measured = [];
const failed = [];
for (const file of files) {
  const { name, measure } = await import(path.join(directory, file));
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`bench: ${name}\n`);
  try {
    measured.push(...(await measure(bench)));
  } catch (error) {
    failed.push({ name, error: error.message });
  }
}

const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
if (!options.json) {
  for (const { name, value, unit, budget, beside } of measured) {
    const verdict = budget === undefined ? '' : value <= budget ? `within ${figure(budget)}` : `OVER ${figure(budget)} by ${figure(value - budget)}`;
    console.log(`  ${name.padEnd(44)} ${figure(value).padStart(9)} ${unit.padEnd(5)} ${verdict.padEnd(24)} ${beside ?? ''}`.trimEnd());
  }
  for (const { name, error } of failed) console.log(`  ${name.padEnd(44)} could not be measured: ${error}`);
}
console.log(JSON.stringify({ browser: bench.browser, transport: bench.transport ?? 'probed', measured, failed }));
process.exit(failed.length > 0 ? 1 : 0);
