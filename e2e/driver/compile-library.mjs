// Node's library, and ours beside it, as one file of bytecode: compiled by the built process image itself, run here under Node.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { hashOf } from './hash.mjs';
import { instantiate } from './image.mjs';
import { encodePack } from './pack.mjs';
import { root } from './root.mjs';

// What no program can get to load: the build of Node that this is has no inspector, no QUIC, no snapshots and no profiler, and refuses what would start them.
// Amaro, which strips TypeScript's types, and the second form of cjs-module-lexer are wasm inside strings, of no use to an engine without WebAssembly.
const leftOut = new RegExp(
  [
    '^internal/deps/(v8/tools|amaro|cjs-module-lexer/dist)/',
    '^internal/(debugger|inspector|quic)/',
    '^internal/main/(inspect|prof_process|mksnapshot|embedding)$',
    '^internal/(v8_prof_polyfill|v8_prof_processor|bootstrap/shadow_realm)$',
  ].join('|'),
);

// What few programs load comes in a file of its own, when the first of it is asked for: by a request that the program waits for, so nothing that servers, clients or tools need daily.
const loadedLate = new RegExp(
  [
    '^internal/deps/(acorn|minimatch)/',
    '^internal/(test_runner|watch_mode|policy|debugger)/',
    '^internal/repl/(?!history$)',
    '^internal/repl$',
    '^internal/main/(repl|test_runner|watch_mode|print_help|eval_stdin|check_syntax)$',
    '^internal/(wasm_web_api|util/parse_args/.*|util/diff|eventsource)$',
    '^(test|test/.*|repl|inspector|inspector/.*|wasi|sqlite|trace_events|sea)$',
    '^porthole/(webassembly(_objects|_values)?|wasi(_files)?)$',
  ].join('|'),
);

const ours = path.join(root, 'node-shims/lib');

/** The packs for this image, what comes first and the rest, or nothing if the image cannot compile. Remembered by what they were made from. */
export async function compileLibrary(image, library) {
  const module = await WebAssembly.compile(image);
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === 'compile')) return undefined;
  const key = hashOf(image, leftOut.source, loadedLate.source, await fingerprint([library, ours]));
  const cached = ['first', 'rest'].map((part) => path.join(root, 'target/web/library', `${key}.${part}.bin`));
  const kept = await Promise.all(cached.map((file) => readFile(file))).catch(() => undefined);
  if (kept) return { first: kept[0], rest: kept[1] };

  console.log('dist: compiling node’s library');
  const sources = new Map();
  await collect(library, '', sources);
  await collect(ours, 'porthole/', sources);
  const compile = await compiler(module);
  const compiled = new Map();
  for (const [id, file] of sources) if (!leftOut.test(id)) compiled.set(id, compile(id, await readFile(file)));
  const of = (late) => [...compiled].filter(([id]) => loadedLate.test(id) === late);
  const rest = encodePack(new Map(of(true)));
  const first = encodePack(new Map(of(false)), [...of(true)].map(([id]) => id));
  await mkdir(path.dirname(cached[0]), { recursive: true });
  await Promise.all([writeFile(cached[0], first), writeFile(cached[1], rest)]);
  return { first, rest };
}

/** A function that compiles a module with the image: see node-shims/src/wasm/compiler.rs. */
async function compiler(module) {
  const { exports, view } = await instantiate(module);
  const put = (bytes) => {
    const at = exports.allocate(bytes.length);
    view(at, bytes.length).set(bytes);
    return [at, bytes.length];
  };
  return (id, text) => {
    const good = exports.compile(...put(Buffer.from(id)), ...put(text));
    const result = view(exports.result_at(), exports.result_length()).slice();
    if (!good) throw new Error(`${id} does not compile: ${Buffer.from(result).toString()}`);
    return result;
  };
}

async function collect(directory, prefix, sources) {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const place = path.join(directory, entry.name);
    if (entry.isDirectory()) await collect(place, `${prefix}${entry.name}/`, sources);
    else if (entry.name.endsWith('.js')) sources.set(prefix + entry.name.slice(0, -3), place);
  }
}
