// `cargo xtask shelf`: a program for each package, in a browser and under Node.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../driver/root.mjs';
import { pack } from '../driver/tar.mjs';
import { runLanes } from '../node-suite/lanes.mjs';
import { fieldOf } from './fields.mjs';

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', multiple: true, default: [] },
    transport: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    limit: { type: 'string', default: '60' },
    update: { type: 'boolean', default: false },
    console: { type: 'boolean', default: false },
  },
});
const shelf = path.join(root, 'e2e/shelf');
const statusFile = path.join(shelf, 'status.json');
/** Where it lies in the container. */
const home = '/home/user/shelf';
const oracle = path.join(root, 'target/setup/node-24.12.0/package/bin/node');

process.exit(await main().catch((error) => (console.error(`shelf: ${error.stack}`), 1)));

async function main() {
  const filters = options.filter.map((text) => new RegExp(text));
  const programs = (await readdir(path.join(shelf, 'programs'))).sort().filter((name) => filters.length === 0 || filters.some((filter) => filter.test(name)));
  const known = existsSync(statusFile) ? JSON.parse(await readFile(statusFile, 'utf8')) : {};
  const seen = {};
  await runLanes({
    name: 'shelf',
    tests: programs.map((name) => ({ name })),
    mounts: [{ path: home, archive: await pack(shelf, needed) }],
    transport: options.transport,
    jobs: Number(options.jobs),
    limit: Number(options.limit),
    console: options.console,
    command: ({ name }) => ({ argv: ['node', `programs/${name}`], cwd: home, env: { HOME: '/home/user', PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' } }),
    tell: async ({ name }, ended) => (seen[name] = judge(name, ended)),
  });
  for (const name of programs) {
    seen[name] = await seen[name];
    if (seen[name] !== known[name]) console.log(`${seen[name] === 'same' ? 'same   ' : 'DIFFERS'} ${name}  ${seen[name] === 'same' ? '' : seen[name]}`);
  }
  const same = programs.filter((name) => seen[name] === 'same').length;
  console.log(`shelf: ${same} of ${programs.length} print what Node prints`);
  if (options.update) {
    const all = { ...(filters.length === 0 ? {} : known), ...seen };
    const names = Object.keys(all).sort();
    await writeFile(statusFile, `{\n${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(all[name])}`).join(',\n')}\n}\n`);
    await writeFile(path.join(shelf, 'table.md'), table(names, all));
    return 0;
  }
  const expected = programs.filter((name) => (seen[name] === 'same') === (known[name] === 'same')).length;
  console.log(`shelf: ${expected} as in status.json, ${programs.length - expected} not`);
  return expected === programs.length ? 0 : 1;
}

/** What a program can load: no documentation, types, maps or tests, of which packages are full. */
function needed(name) {
  if (!name.startsWith('node_modules/')) return name === 'node_modules' || name === 'package.json' || name.startsWith('programs');
  if (/\/(docs|__tests__|benchmarks?|\.github|coverage)$/.test(name)) return false;
  return !/\.(md|markdown|map|d\.[cm]?ts|[cm]?ts|tsx|flow|html|yml|yaml|png|jpg|gif|svg|tgz|gz|txt|rst|coffee)$/i.test(name) && !/\/node_modules\/\.(bin|package-lock\.json|porthole-lock)$/.test(`/${name}`);
}

/** `same`, or what is different. */
async function judge(name, ended) {
  const node = await run(name);
  if (ended.failed !== undefined) return `differs: ${oneLine(ended.failed)}`;
  if (ended.timedOut) return 'differs: it does not end';
  if (node.code !== 0) return `differs: Node itself ends with ${node.code}: ${oneLine(node.stderr)}`;
  if (ended.stdout === node.stdout && ended.code === 0) return 'same';
  if (ended.code !== 0) {
    const line = ended.stderr.split('\n').find((text) => /\w*Error\b/.test(text)) ?? ended.stderr;
    return `differs: ${oneLine(line)}`;
  }
  const [ours, theirs] = [ended.stdout.split('\n'), node.stdout.split('\n')];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  return `differs: prints ${oneLine(ours[at] ?? 'nothing more')} where Node prints ${oneLine(theirs[at] ?? 'nothing more')}`;
}

function run(name) {
  return new Promise((resolve) =>
    execFile(oracle, [`programs/${name}`], { cwd: shelf, timeout: 60_000, maxBuffer: 1 << 26, env: { PATH: process.env.PATH, HOME: '/tmp', TZ: 'UTC' } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ).stdin.end(),
  );
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim().slice(0, 120);
}

function table(names, all) {
  const same = names.filter((name) => all[name] === 'same');
  const fields = [...new Set(same.map((name) => fieldOf(name)))].sort();
  const plain = (name) => name.replace(/\.[cm]js$/, '');
  const rows = fields.map((field) => `| ${field} | ${same.filter((name) => fieldOf(name) === field).map(plain).join(', ')} |`);
  const others = names.filter((name) => all[name] !== 'same').map((name) => `| ${plain(name)} | ${all[name].replace(/^differs: /, '').replaceAll('|', '\\|')} |`);
  return `${same.length} of ${names.length} print what Node prints:\n\n| field | packages |\n| --- | --- |\n${rows.join('\n')}\n\nThe others:\n\n| package | why not |\n| --- | --- |\n${others.join('\n')}\n`;
}
