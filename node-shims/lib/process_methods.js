'use strict';
const { MathRound, ObjectDefineProperty } = primordials;
const { facts, getcwd, setcwd, memory, uptime, require } = binding;
const { environment } = facts;
binding.environment = { get: (name) => Object.hasOwn(environment, name) ? environment[name] : undefined };
binding.identity = { uid: facts.uid, gid: facts.gid };
delete binding.facts;

const fail = (errno, syscall, path, dest) => {
  const { UVException } = require('internal/errors');
  throw new UVException({ errno, syscall, path, dest });
};
let cwd;
binding.cwd = () => {
  if (cwd !== undefined) return cwd;
  const found = getcwd();
  if (typeof found === 'number') fail(found, 'uv_cwd');
  return cwd = found;
};
binding.chdir = (path) => {
  const failed = setcwd(path);
  if (failed < 0) {
    const here = getcwd();
    fail(failed, 'chdir', typeof here === 'number' ? '' : here, path);
  }
  cwd = undefined;
};

binding.rss = () => memory()[0];
binding.memoryUsage = (array) => {
  const { 0: total, 1: used } = memory();
  array[0] = array[1] = total;
  array[2] = used;
  array[3] = array[4] = 0;
};
binding.constrainedMemory = () => 0;
binding.availableMemory = () => 2 ** 31 - memory()[0];
// One thread that the host does not account for: time since the start stands for time used.
binding.cpuUsage = binding.threadCpuUsage = (array) => {
  array[0] = MathRound(uptime() * 1e6);
  array[1] = 0;
};
binding.resourceUsage = (array) => {
  array.fill(0);
  array[0] = MathRound(uptime() * 1e6);
  array[2] = MathRound(memory()[0] / 1024);
};
binding._getActiveRequests = () => [];
binding._getActiveHandles = () => {
  const { owner_symbol: owner } = isolateSymbols;
  return binding.activeHandles().map((handle) => handle[owner] ?? handle);
};
binding._debugProcess = () => {};
binding._debugEnd = () => {};
binding.causeSegfault = binding.abort;
binding.resetStdioForTesting = () => {};
const unavailable = (name) => () => {
  const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(name);
};
binding.execve = unavailable('process.execve');
binding.dlopen = (module, filename) => {
  const error = new Error(`${filename}: native addons cannot be loaded here`);
  error.code = 'ERR_DLOPEN_FAILED';
  throw error;
};
binding.loadEnvFile = (path) => {
  const text = require('fs').readFileSync(path, 'utf8');
  const parsed = internalBinding('util').parseEnv(text);
  for (const name in parsed) if (!Object.hasOwn(environment, name)) environment[name] = parsed[name];
};

let title = 'node';
binding.patchProcessObject = (process) => {
  const { values, parsed } = internalBinding('options');
  if (values['--title']) title = values['--title'];
  const plain = (name, value) => ObjectDefineProperty(process, name, { __proto__: null, value, enumerable: true, configurable: true, writable: true });
  plain('env', facts.env);
  ObjectDefineProperty(process, 'title', {
    __proto__: null, enumerable: true, configurable: true,
    get: () => title,
    set: (value) => { title = `${value}`; },
  });
  plain('argv', [facts.argv[0] ?? 'node', ...parsed.args]);
  plain('execArgv', parsed.execArgv);
  ObjectDefineProperty(process, 'pid', { __proto__: null, value: facts.pid, enumerable: true, configurable: true });
  ObjectDefineProperty(process, 'ppid', { __proto__: null, get: () => facts.ppid, enumerable: true, configurable: true });
  plain('execPath', facts.exe || '/usr/local/bin/node');
  plain('debugPort', values['--inspect-port']?.port ?? 9229);
  ObjectDefineProperty(process, 'versions', { __proto__: null, value: process.versions, enumerable: true });
};
