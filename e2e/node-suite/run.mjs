// `cargo xtask node-suite`: Node's own tests in a browser, beside what is known of them.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from '../driver/tar.mjs';
import { root } from '../driver/root.mjs';
import { exclusion, reasons } from './exclusions.mjs';
import { runLanes } from './lanes.mjs';
import { moduleOf } from './modules.mjs';
import { find, matches } from './tests.mjs';

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string' },
    filter: { type: 'string', multiple: true, default: [] },
    transport: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '20' },
    update: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    console: { type: 'boolean', default: false },
  },
});
const statusFile = path.join(root, 'e2e/node-suite/status.json');
/** Where a checkout of Node would be, in the container. */
const home = '/node';

process.exit(await main().catch((error) => (console.error(`node-suite: ${error.stack}`), 1)));

async function main() {
  if (options.suite === undefined || !existsSync(path.join(options.suite, 'test/common'))) {
    console.error('node-suite: --suite DIR: the folder of a checkout of Node, with its test/ in it');
    return 2;
  }
  const filters = options.filter.map((text) => new RegExp(text));
  const tests = (await find(options.suite)).filter(({ name }) => filters.length === 0 || filters.some((filter) => filter.test(name)));
  const known = existsSync(statusFile) ? JSON.parse(await readFile(statusFile, 'utf8')) : {};
  const seen = {};
  const wanted = [];
  for (const test of tests) {
    const excluded = exclusion(test);
    if (excluded) seen[test.name] = `excluded: ${reasons[excluded.reason]} (${excluded.why})`;
    else wanted.push(test);
  }
  await runAll(wanted, (test, verdict) => {
    seen[test.name] = verdict;
    if (options.verbose || verdict !== known[test.name]) console.log(`${verdict === 'pass' ? 'ok  ' : 'FAIL'} ${test.name}${verdict === 'pass' ? '' : `  ${verdict}`}`);
  });
  for (const row of rows(seen)) console.log(`  ${row.name.padEnd(20)} ${String(row.pass).padStart(5)} of ${String(row.counted).padEnd(5)} ${row.share.padStart(8)}  ${row.skipped} skipped, ${row.excluded} excluded`);
  if (options.update) {
    const all = { ...(filters.length === 0 ? {} : known), ...seen };
    const lines = Object.keys(all).sort().map((name) => `${JSON.stringify(name)}: ${JSON.stringify(all[name])}`);
    await writeFile(statusFile, `{\n${lines.join(',\n')}\n}\n`);
    const table = rows(all).map(({ name, pass, counted, share, skipped, excluded }) => `| ${name} | ${pass} | ${counted} | ${share} | ${skipped} | ${excluded} |`);
    await writeFile(path.join(root, 'e2e/node-suite/table.md'), `| module | pass | of | share | skip themselves | not counted |\n| --- | --- | --- | --- | --- | --- |\n${table.join('\n')}\n`);
    return 0;
  }
  const changed = Object.keys(seen).filter((name) => (seen[name] === 'pass') !== (known[name] === 'pass') || known[name] === undefined);
  for (const name of changed) console.log(`differs from status.json: ${name}: ${seen[name]}, and there ${known[name] ?? 'nothing'}`);
  return changed.length > 0 ? 1 : 0;
}

/** Runs tests in lanes of one browser; a browser that goes away is replaced, and the tests that it had are tried once more. */
async function runAll(tests, tell) {
  await runLanes({
    name: 'node-suite',
    tests,
    mounts: [{ path: `${home}/test`, archive: await pack(path.join(options.suite, 'test')) }],
    transport: options.transport,
    jobs: Number(options.jobs),
    limit: Number(options.limit),
    console: options.console,
    command: ({ name, flags, env }, lane) => ({
      argv: ['node', ...flags, `${home}/test/${name}`],
      cwd: home,
      env: { HOME: '/home/user', PATH: '/usr/local/bin:/usr/bin:/bin', TEST_THREAD_ID: String(lane), NODE_TEST_KNOWN_GLOBALS: '0', ...env },
    }),
    tell: (test, ended) => tell(test, verdict(test, ended)),
  });
}

function verdict({ expected }, { code, signal, timedOut, failed, stdout, stderr }) {
  if (failed !== undefined) return `fail: ${oneLine(failed)}`;
  if (timedOut) return 'timeout';
  if (expected !== undefined) return matches(expected, stdout + stderr) ? 'pass' : `fail: ${oneLine(reasonIn(stderr) ?? 'its output is another')}`;
  if (code !== 0) return `fail: ${oneLine(reasonIn(stderr) ?? (signal ? `ended by ${signal}` : `exit code ${code}`))}`;
  const skipped = /^1\.\.0 # Skipped: (.*)$/m.exec(stdout);
  return skipped ? `skipped: ${oneLine(skipped[1])}` : 'pass';
}

/** The line of a report of an uncaught error that names it. */
function reasonIn(stderr) {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return lines.find((line) => /^(\w*Error|Mismatched|\w+ \[\w+\])/.test(line)) ?? lines.find((line) => /Error|error/.test(line)) ?? lines[0];
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').slice(0, 160);
}

/** Figures of each module, and of all. */
function rows(seen) {
  const found = new Map();
  for (const [name, verdict] of Object.entries(seen)) {
    for (const key of [moduleOf(name), 'all']) {
      const row = found.get(key) ?? { name: key, pass: 0, counted: 0, skipped: 0, excluded: 0 };
      found.set(key, row);
      if (verdict.startsWith('excluded')) row.excluded += 1;
      else if (verdict.startsWith('skipped')) row.skipped += 1;
      else row.counted += 1;
      if (verdict === 'pass') row.pass += 1;
    }
  }
  const sorted = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map((row) => ({ ...row, share: row.counted === 0 ? '' : `${((100 * row.pass) / row.counted).toFixed(1)} %` }));
}
