// The command line, as Node 24.12.0 reads it.
'use strict';
const { ArrayPrototypePush, ArrayPrototypeSlice, SafeMap, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } = primordials;

const kNoOp = 0, kV8Option = 1, kBoolean = 2, kInteger = 3, kUInteger = 4, kString = 5, kHostPort = 6, kStringList = 7;
binding.types = { kNoOp, kV8Option, kBoolean, kInteger, kUInteger, kString, kHostPort, kStringList };
binding.envSettings = { kAllowedInEnvvar: 0, kDisallowedInEnvvar: 1 };

// Name, type, whether NODE_OPTIONS may hold it (0: yes), default.
const table = [
  ['--abort-on-uncaught-exception', 1, 0, false],
  ['--addons', 2, 0, true],
  ['--allow-addons', 2, 0, false],
  ['--allow-child-process', 2, 0, false],
  ['--allow-fs-read', 7, 0, []],
  ['--allow-fs-write', 7, 0, []],
  ['--allow-inspector', 2, 0, false],
  ['--allow-wasi', 2, 0, false],
  ['--allow-worker', 2, 0, false],
  ['--async-context-frame', 2, 0, true],
  ['--build-snapshot', 2, 1, false],
  ['--build-snapshot-config', 5, 1, ""],
  ['--check', 2, 1, false],
  ['--completion-bash', 2, 1, false],
  ['--conditions', 7, 0, []],
  ['--cpu-prof', 2, 0, false],
  ['--cpu-prof-dir', 5, 0, ""],
  ['--cpu-prof-interval', 4, 0, 1000],
  ['--cpu-prof-name', 5, 0, ""],
  ['--debug', 2, 1, false],
  ['--debug-arraybuffer-allocations', 2, 0, false],
  ['--debug-brk', 2, 1, false],
  ['--deprecation', 2, 0, true],
  ['--diagnostic-dir', 5, 0, ""],
  ['--disable-proto', 5, 0, ""],
  ['--disable-sigusr1', 2, 0, false],
  ['--disable-warning', 7, 0, []],
  ['--disable-wasm-trap-handler', 2, 0, false],
  ['--disallow-code-generation-from-strings', 1, 0, undefined],
  ['--dns-result-order', 5, 0, ""],
  ['--enable-etw-stack-walking', 1, 0, undefined],
  ['--enable-fips', 2, 0, false],
  ['--enable-source-maps', 2, 0, false],
  ['--entry-url', 2, 0, false],
  ['--env-file', 7, 1, []],
  ['--env-file-if-exists', 7, 1, []],
  ['--eval', 5, 1, ""],
  ['--experimental-abortcontroller', 0, 0, undefined],
  ['--experimental-addon-modules', 2, 0, false],
  ['--experimental-config-file', 5, 1, ""],
  ['--experimental-default-config-file', 2, 1, false],
  ['--experimental-detect-module', 2, 0, true],
  ['--experimental-eventsource', 2, 0, false],
  ['--experimental-fetch', 0, 0, undefined],
  ['--experimental-global-customevent', 0, 0, undefined],
  ['--experimental-global-navigator', 2, 0, true],
  ['--experimental-global-webcrypto', 0, 0, undefined],
  ['--experimental-import-meta-resolve', 2, 0, false],
  ['--experimental-inspector-network-resource', 2, 1, false],
  ['--experimental-json-modules', 0, 0, undefined],
  ['--experimental-loader', 7, 0, []],
  ['--experimental-modules', 0, 0, undefined],
  ['--experimental-network-inspection', 2, 1, false],
  ['--experimental-print-required-tla', 2, 0, false],
  ['--experimental-quic', 0, 0, undefined],
  ['--experimental-repl-await', 2, 0, true],
  ['--experimental-report', 0, 0, undefined],
  ['--experimental-require-module', 2, 0, true],
  ['--experimental-sea-config', 5, 1, ""],
  ['--experimental-shadow-realm', 2, 0, false],
  ['--experimental-specifier-resolution', 0, 0, undefined],
  ['--experimental-sqlite', 2, 0, true],
  ['--experimental-test-coverage', 2, 1, false],
  ['--experimental-test-module-mocks', 2, 1, false],
  ['--experimental-test-snapshots', 0, 1, undefined],
  ['--experimental-top-level-await', 0, 0, undefined],
  ['--experimental-transform-types', 2, 0, false],
  ['--experimental-vm-modules', 2, 0, false],
  ['--experimental-wasi-unstable-preview1', 0, 0, undefined],
  ['--experimental-wasm-modules', 0, 0, undefined],
  ['--experimental-websocket', 2, 0, true],
  ['--experimental-webstorage', 2, 0, false],
  ['--experimental-worker', 0, 0, undefined],
  ['--experimental-worker-inspection', 2, 1, false],
  ['--expose-gc', 1, 0, undefined],
  ['--expose-internals', 2, 1, false],
  ['--extra-info-on-fatal-exception', 2, 0, true],
  ['--force-async-hooks-checks', 2, 0, true],
  ['--force-context-aware', 2, 0, false],
  ['--force-fips', 2, 0, false],
  ['--force-node-api-uncaught-exceptions-policy', 2, 0, false],
  ['--frozen-intrinsics', 2, 0, false],
  ['--global-search-paths', 2, 0, true],
  ['--harmony-shadow-realm', 1, 1, undefined],
  ['--heap-prof', 2, 0, false],
  ['--heap-prof-dir', 5, 0, ""],
  ['--heap-prof-interval', 4, 0, 524288],
  ['--heap-prof-name', 5, 0, ""],
  ['--heapsnapshot-near-heap-limit', 3, 0, 0],
  ['--heapsnapshot-signal', 5, 0, ""],
  ['--help', 2, 1, false],
  ['--http-parser', 0, 0, undefined],
  ['--icu-data-dir', 5, 0, ""],
  ['--import', 7, 0, []],
  ['--input-type', 5, 0, ""],
  ['--insecure-http-parser', 2, 0, false],
  ['--inspect', 2, 0, false],
  ['--inspect-brk', 2, 0, false],
  ['--inspect-brk-node', 2, 1, false],
  ['--inspect-port', 6, 0, {"host":"127.0.0.1","port":9229}],
  ['--inspect-publish-uid', 5, 0, "stderr,http"],
  ['--inspect-wait', 2, 0, false],
  ['--interactive', 2, 1, false],
  ['--interpreted-frames-native-stack', 1, 0, undefined],
  ['--jitless', 1, 0, undefined],
  ['--localstorage-file', 5, 0, ""],
  ['--max-http-header-size', 4, 0, 16384],
  ['--max-old-space-size', 1, 0, undefined],
  ['--max-old-space-size-percentage', 5, 0, ""],
  ['--max-semi-space-size', 1, 0, undefined],
  ['--napi-modules', 0, 0, undefined],
  ['--network-family-autoselection', 2, 0, true],
  ['--network-family-autoselection-attempt-timeout', 4, 0, 250],
  ['--node-memory-debug', 0, 0, undefined],
  ['--node-snapshot', 2, 0, true],
  ['--openssl-config', 5, 0, ""],
  ['--openssl-legacy-provider', 2, 0, false],
  ['--openssl-shared-config', 2, 0, false],
  ['--pending-deprecation', 2, 0, false],
  ['--perf-basic-prof', 1, 0, undefined],
  ['--perf-basic-prof-only-functions', 1, 0, undefined],
  ['--perf-prof', 1, 0, undefined],
  ['--perf-prof-unwinding-info', 1, 0, undefined],
  ['--permission', 2, 0, false],
  ['--preserve-symlinks', 2, 0, false],
  ['--preserve-symlinks-main', 2, 0, false],
  ['--print', 2, 1, false],
  ['--prof', 1, 1, undefined],
  ['--prof-process', 2, 1, false],
  ['--redirect-warnings', 5, 0, ""],
  ['--report-compact', 2, 0, false],
  ['--report-dir', 5, 0, ""],
  ['--report-exclude-env', 2, 0, false],
  ['--report-exclude-network', 2, 0, false],
  ['--report-filename', 5, 0, ""],
  ['--report-on-fatalerror', 2, 0, false],
  ['--report-on-signal', 2, 0, false],
  ['--report-signal', 5, 0, "SIGUSR2"],
  ['--report-uncaught-exception', 2, 0, false],
  ['--require', 7, 0, []],
  ['--run', 5, 1, ""],
  ['--secure-heap', 3, 0, 0],
  ['--secure-heap-min', 3, 0, 2],
  ['--security-revert', 7, 1, []],
  ['--snapshot-blob', 5, 0, ""],
  ['--stack-trace-limit', 3, 0, 10],
  ['--strip-types', 2, 0, true],
  ['--test', 2, 1, false],
  ['--test-concurrency', 4, 1, 0],
  ['--test-coverage-branches', 4, 0, 0],
  ['--test-coverage-exclude', 7, 0, []],
  ['--test-coverage-functions', 4, 0, 0],
  ['--test-coverage-include', 7, 0, []],
  ['--test-coverage-lines', 4, 0, 0],
  ['--test-force-exit', 2, 1, false],
  ['--test-global-setup', 5, 0, ""],
  ['--test-isolation', 5, 0, "process"],
  ['--test-name-pattern', 7, 0, []],
  ['--test-only', 2, 0, false],
  ['--test-reporter', 7, 0, []],
  ['--test-reporter-destination', 7, 0, []],
  ['--test-rerun-failures', 5, 0, ""],
  ['--test-shard', 5, 0, ""],
  ['--test-skip-pattern', 7, 0, []],
  ['--test-timeout', 4, 1, 0],
  ['--test-udp-no-try-send', 2, 1, false],
  ['--test-update-snapshots', 2, 1, false],
  ['--throw-deprecation', 2, 0, false],
  ['--title', 5, 0, ""],
  ['--tls-cipher-list', 5, 0, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA"],
  ['--tls-keylog', 5, 0, ""],
  ['--tls-max-v1.2', 2, 0, false],
  ['--tls-max-v1.3', 2, 0, false],
  ['--tls-min-v1.0', 2, 0, false],
  ['--tls-min-v1.1', 2, 0, false],
  ['--tls-min-v1.2', 2, 0, false],
  ['--tls-min-v1.3', 2, 0, false],
  ['--trace-deprecation', 2, 0, false],
  ['--trace-env', 2, 0, false],
  ['--trace-env-js-stack', 2, 0, false],
  ['--trace-env-native-stack', 2, 0, false],
  ['--trace-event-categories', 5, 0, ""],
  ['--trace-event-file-pattern', 5, 0, "node_trace.${rotation}.log"],
  ['--trace-exit', 2, 0, false],
  ['--trace-promises', 2, 0, false],
  ['--trace-require-module', 5, 0, ""],
  ['--trace-sigint', 2, 0, false],
  ['--trace-sync-io', 2, 0, false],
  ['--trace-tls', 2, 0, false],
  ['--trace-uncaught', 2, 0, false],
  ['--trace-warnings', 2, 0, false],
  ['--track-heap-objects', 2, 0, false],
  ['--unhandled-rejections', 5, 0, ""],
  ['--use-bundled-ca', 2, 0, false],
  ['--use-env-proxy', 2, 0, false],
  ['--use-largepages', 5, 0, "off"],
  ['--use-openssl-ca', 2, 0, false],
  ['--use-system-ca', 2, 0, false],
  ['--v8-options', 2, 1, false],
  ['--v8-pool-size', 3, 0, 4],
  ['--verify-base-objects', 2, 0, false],
  ['--version', 2, 1, false],
  ['--warnings', 2, 0, true],
  ['--watch', 2, 0, false],
  ['--watch-kill-signal', 5, 0, "SIGTERM"],
  ['--watch-path', 7, 0, []],
  ['--watch-preserve-output', 2, 0, false],
  ['--zero-fill-buffers', 2, 0, false],
  ['[has_env_file_string]', 2, 1, false],
  ['[has_eval_string]', 2, 1, false],
  ['[ssl_openssl_cert_store]', 2, 1, false],
];
const aliases = [
  ['--debug', ['--inspect']], ['--enable-network-family-autoselection', ['--network-family-autoselection']],
  ['--es-module-specifier-resolution', ['--experimental-specifier-resolution']], ['--experimental-strip-types', ['--strip-types']],
  ['--experimental-test-isolation', ['--test-isolation']], ['--loader', ['--experimental-loader']], ['--print <arg>', ['-pe']],
  ['--prof-process', ['--prof-process', '--']], ['--report-directory', ['--report-dir']], ['--debug-port', ['--inspect-port']],
  ['--inspect=', ['--inspect-port', '--inspect']], ['--inspect-brk=', ['--inspect-port', '--inspect-brk']],
  ['-C', ['--conditions']], ['-c', ['--check']], ['-e', ['--eval']], ['-h', ['--help']], ['-i', ['--interactive']], ['-p', ['--print']],
  ['-pe', ['--print', '--eval']], ['-r', ['--require']], ['-v', ['--version']],
];
// V8's own flags that programs are started with. They have no meaning here and do no harm.
const ignored = ['--gc-interval', '--enable-sharedarraybuffer-per-context', '--expose-externalize-string', '--harmony-import-attributes', '--harmony', '--jitless', '--max-heap-size', '--max-lazy', '--max-semi-space-size', '--no-opt',
  '--optimize-for-size', '--single-threaded', '--stack-size', '--interpreted-frames-native-stack', '--perf-basic-prof', '--perf-basic-prof-only-functions', '--perf-basic-prof-path', '--perf-prof', '--perf-prof-unwinding-info', '--use-strict', '--trace-gc', '--turbo-fast-api-calls', '--no-turbo-fast-api-calls', '--allow-natives-syntax', '--max_old_space_size', '--no-deprecation-warnings'];

const options = new SafeMap();
const values = { __proto__: null };
for (let i = 0; i < table.length; i++) {
  const { 0: name, 1: type, 2: envVarSettings, 3: value } = table[i];
  options.set(name, { __proto__: null, helpText: '', envVarSettings, type, defaultIsTrue: value === true });
}
const reset = () => { for (const { 0: name, 3: value } of table) values[name] = value; };
reset();
const aliasMap = new SafeMap(aliases);

class BadOption extends Error {}
// Files of variables in the order in which they were named: a later one wins over an earlier one, and what the process was started with over both.
let envFiles = [];

// One word into names and perhaps a value: `--name=value`, aliases followed, `--no-name` told apart.
function resolve(word) {
  let name = word;
  let value;
  const equals = StringPrototypeStartsWith(word, '--') ? StringPrototypeIndexOf(word, '=') : -1;
  if (equals > 0) {
    name = StringPrototypeSlice(word, 0, equals);
    value = StringPrototypeSlice(word, equals + 1);
  }
  if (StringPrototypeStartsWith(name, '--')) name = name.replaceAll('_', '-');
  const names = aliasMap.get(value === undefined ? name : `${name}=`) ?? aliasMap.get(name) ?? [name];
  return { names, value };
}

function exposeGc() {
  const { collect } = binding;
  const gc = (options) => {
    collect();
    if (options?.execution === 'async') return new Promise((resolve) => globalThis.setImmediate(resolve));
  };
  Object.defineProperty(globalThis, 'gc', { value: gc, writable: true, enumerable: false, configurable: true });
}

// A value that begins with a dash is written with a backslash before it.
const plain = (value) => (StringPrototypeStartsWith(value, '\\-') ? StringPrototypeSlice(value, 1) : value);

function set(name, value, take, fromEnv, word) {
  let negated = false;
  let info = options.get(name);
  if (info === undefined && StringPrototypeStartsWith(name, '--no-')) {
    info = options.get(`--${StringPrototypeSlice(name, 5)}`);
    if (info !== undefined && info.type !== kBoolean && info.type !== kNoOp && info.type !== kV8Option) {
      throw new BadOption(`${name} is an invalid negation because it is not a boolean option`);
    }
    negated = info !== undefined;
    if (negated) {
      name = `--${StringPrototypeSlice(name, 5)}`;
    } else {
      const { 0: other } = aliasMap.get(`--${StringPrototypeSlice(name, 5)}`) ?? [];
      info = options.get(other);
      negated = info?.type === kBoolean;
      if (negated) name = other;
      else info = undefined;
    }
  }
  if (info === undefined) {
    if (ignored.includes(name)) return;
    throw new BadOption(`bad option: ${word}`);
  }
  if (fromEnv && info.envVarSettings === 1) throw new BadOption(`${word} is not allowed in NODE_OPTIONS`);
  switch (info.type) {
    case kBoolean:
      if (value !== undefined) throw new BadOption(`${name} does not take an argument`);
      values[name] = !negated;
      if (!negated && name === '--experimental-transform-types') values['--strip-types'] = values['--enable-source-maps'] = true;
      return;
    case kNoOp:
      return;
    case kV8Option:
      // V8's flags take their values after `=` only.
      values[name] = value ?? true;
      if (name === '--stack-trace-limit') Error.stackTraceLimit = +value;
      if (name === '--expose-gc') exposeGc();
      return;
  }
  if (value === undefined) {
    value = take();
    if (value === undefined || (value !== '-' && StringPrototypeStartsWith(value, '-') && !fromEnv && name !== '--eval')) throw new BadOption(`${word} requires an argument`);
    value = plain(value);
  }
  switch (info.type) {
    case kInteger:
    case kUInteger: values[name] = Math.trunc(+value) || 0; return;
    case kStringList:
      values[name] = [...values[name], value];
      if (name === '--env-file' || name === '--env-file-if-exists') envFiles.push({ file: value, optional: name === '--env-file-if-exists' });
      return;
    case kHostPort: values[name] = { host: '127.0.0.1', port: +value || 9229 }; return;
    default:
      values[name] = value;
      if (name === '--eval') values['[has_eval_string]'] = true;
  }
}

// Reads options up to the first word that is none. Gives how many words they took.
function parse(words, fromEnv) {
  let i = 0;
  while (i < words.length) {
    const word = words[i];
    if (word === '--') { i++; break; }
    if (word === '-' || !StringPrototypeStartsWith(word, '-')) break;
    i++;
    const { names, value } = resolve(word);
    for (let n = 0; n < names.length; n++) {
      // `-p` takes the script when one follows, and may stand without one.
      if (names[n] === '--print' && names.length === 1) {
        values['--print'] = true;
        if (value === undefined && i < words.length && !StringPrototypeStartsWith(words[i], '-')) set('--eval', plain(words[i++]), undefined, fromEnv, word);
        continue;
      }
      set(names[n], n === names.length - 1 || names.length === 1 ? value : names[0] === '--inspect-port' && n === 0 ? value : undefined,
          () => words[i++], fromEnv, word);
    }
  }
  return i;
}

const words = (text) => {
  const list = [];
  let word = '', quoted = false, some = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && quoted) { word += text[++i] ?? ''; continue; }
    if (c === '"') { quoted = !quoted; some = true; continue; }
    if (c === ' ' && !quoted) { if (word !== '' || some) list.push(word); word = ''; some = false; continue; }
    word += c;
  }
  if (word !== '' || some) list.push(word);
  return list;
};

const switches = [['NODE_PENDING_DEPRECATION', '--pending-deprecation'], ['NODE_PRESERVE_SYMLINKS', '--preserve-symlinks'], ['NODE_PRESERVE_SYMLINKS_MAIN', '--preserve-symlinks-main']];

// Fills the values; gives `{ args, execArgv, error }`, `args` being what follows the options.
binding.parseCommandLine = (argv, nodeOptions) => {
  try {
    // Variables that stand for an option; what is named on the line comes behind and wins.
    const { environment } = facts;
    for (const { 0: variable, 1: option } of switches) if (environment[variable] === '1') values[option] = true;
    if (environment.NODE_REDIRECT_WARNINGS) values['--redirect-warnings'] = environment.NODE_REDIRECT_WARNINGS;
    if (nodeOptions) {
      const list = words(nodeOptions);
      const taken = parse(list, true);
      if (taken < list.length) throw new BadOption(`${list[taken]} is not allowed in NODE_OPTIONS`);
    }
    const taken = parse(argv, false);
    if (!['', 'all', 'no-node-modules'].includes(values['--trace-require-module'])) throw new BadOption('invalid value for --trace-require-module');
    const end = taken > 0 && argv[taken - 1] === '--' ? taken - 1 : taken;
    return { args: ArrayPrototypeSlice(argv, taken), execArgv: ArrayPrototypeSlice(argv, 0, end) };
  } catch (error) {
    if (!(error instanceof BadOption)) throw error;
    return { error: error.message };
  }
};

// Options that are the whole process's, and no thread's.
const processWide = ['--completion-bash', '--debug-arraybuffer-allocations', '--disable-proto', '--disable-wasm-trap-handler', '--enable-fips', '--force-fips', '--help', '--icu-data-dir', '--largepages',
  '--openssl-config', '--openssl-legacy-provider', '--openssl-shared-config', '--run', '--secure-heap', '--secure-heap-min', '--security-revert', '--title', '--tls-cipher-list',
  '--trace-event-categories', '--trace-event-file-pattern', '--use-bundled-ca', '--use-openssl-ca', '--use-system-ca', '--v8-options', '--v8-pool-size', '--version', '--zero-fill-buffers'];
const known = (name) => {
  if (options.has(name) || !StringPrototypeStartsWith(name, '--no-')) return options.get(name);
  const positive = `--${StringPrototypeSlice(name, 5)}`;
  return options.get(positive) ?? options.get(aliasMap.get(positive)?.[0]);
};
// The words of a thread's command line that it cannot have.
binding.refused = (list) => {
  const wrong = [];
  for (let i = 0; i < list.length; i++) {
    const { names, value } = resolve(list[i]);
    const info = known(names[0]);
    if (!StringPrototypeStartsWith(list[i], '-') || info === undefined || info.type === kV8Option || processWide.includes(names[0])) ArrayPrototypePush(wrong, list[i]);
    else if (value === undefined && info.type >= kInteger && names.length === 1 && ++i === list.length) ArrayPrototypePush(wrong, `${names[0]} requires an argument`);
  }
  return wrong;
};
// What is wrong with a thread's own NODE_OPTIONS.
binding.parseThreadOptions = (text) => {
  const wrong = [];
  for (const word of words(text)) {
    if (!StringPrototypeStartsWith(word, '-')) continue;
    const info = known(resolve(word).names[0]);
    if (info === undefined || info.envVarSettings === 1) ArrayPrototypePush(wrong, `${word} is not allowed in NODE_OPTIONS`);
  }
  return wrong;
};

binding.values = values;
binding.getCLIOptionsValues = () => {
  for (const { 0: name, 1: type } of table) {
    if (type === kBoolean && name[0] === '-') values[`--no-${StringPrototypeSlice(name, 2)}`] = !values[name];
  }
  return values;
};
binding.getCLIOptionsInfo = () => ({ __proto__: null, options, aliases: aliasMap });
binding.getOptionsAsFlags = () => {
  const flags = [];
  for (const { 0: name, 1: type, 3: initial } of table) {
    const value = values[name];
    if (value === initial || name[0] !== '-') continue;
    if (type === kBoolean) ArrayPrototypePush(flags, value ? name : `--no-${StringPrototypeSlice(name, 2)}`);
    else if (type === kStringList) for (const item of value) ArrayPrototypePush(flags, `${name}=${item}`);
    else if (value !== undefined && typeof value !== 'object') ArrayPrototypePush(flags, `${name}=${value}`);
  }
  return flags;
};
binding.getEmbedderOptions = () => ({ __proto__: null, shouldNotRegisterESMLoader: false, noGlobalSearchPaths: false, noBrowserGlobals: false, hasEmbedderPreload: false });
binding.getEnvOptionsInputType = () => {
  const map = new SafeMap();
  for (const { 0: name, 1: type, 2: env } of table) {
    if (env !== 0 || type === kNoOp || type === kV8Option) continue;
    map.set(name, type === kBoolean ? 'boolean' : type === kStringList ? 'array' : type === kInteger || type === kUInteger || type === kHostPort ? 'number' : 'string');
  }
  return map;
};
binding.getNamespaceOptionsInputType = () => new SafeMap();

// ---- What this process was started with.
const { facts } = binding;
delete binding.facts;
binding.parsed = binding.parseCommandLine(facts.argv.slice(1), undefined);
let notes = '';
if (binding.parsed.error === undefined) readEnvFiles();
if (binding.parsed.error === undefined && facts.environment.NODE_OPTIONS) {
  // The variable may come out of such a file. What the command line says wins over it, and is read after it.
  reset();
  binding.parsed = binding.parseCommandLine(facts.argv.slice(1), facts.environment.NODE_OPTIONS);
}
if (values['--stack-trace-limit'] !== 10) Error.stackTraceLimit = values['--stack-trace-limit'];

function readEnvFiles() {
  const found = {};
  const { sourceText } = internalBinding('errors');
  for (const { file, optional } of envFiles) {
    const text = sourceText(file);
    if (text === undefined && !optional) {
      binding.parsed = { error: `${file}: not found` };
      return;
    }
    if (text === undefined) notes += `${file} not found. Continuing without it.\n`;
    else Object.assign(found, internalBinding('util').parseEnv(text));
  }
  for (const name in found) if (!Object.hasOwn(facts.environment, name)) facts.environment[name] = found[name];
}

// The main script, as `StartExecution` chooses it; a bad command line gives its complaint instead.
binding.chooseMain = (stdinIsTerminal) => {
  const { args, error } = binding.parsed;
  if (error !== undefined) return { error: `${facts.argv[0] ?? 'node'}: ${error}` };
  return { notes, ...mainScript(args, stdinIsTerminal) };
};
const mainScript = (args, stdinIsTerminal) => {
  if (facts.isThread) return { id: 'internal/main/worker_thread' };
  if (values['--check'] && args.length === 0 && values['[has_eval_string]']) return { error: `${facts.argv[0]}: either --check or --eval can be used, not both` };
  if (args[0] === 'inspect') return { error: `${facts.argv[0]}: inspect is not available` };
  if (values['--run']) return { error: `${facts.argv[0]}: --run is not available: start what package.json says by hand` };
  if (values['--help']) return { id: 'internal/main/print_help' };
  if (values['--check']) return { id: 'internal/main/check_syntax' };
  if (values['--test']) return { id: 'internal/main/test_runner' };
  if (values['[has_eval_string]'] && !values['--interactive']) return { id: 'internal/main/eval_string' };
  if (args.length > 0 && args[0] !== '-') return { id: values['--watch'] ? 'internal/main/watch_mode' : 'internal/main/run_main_module' };
  if (values['--interactive'] || (args.length === 0 && stdinIsTerminal)) return { id: 'internal/main/repl' };
  return { id: 'internal/main/eval_stdin' };
};
