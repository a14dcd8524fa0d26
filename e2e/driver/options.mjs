// The command line of `exec`, and what a line of a batch may say.
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Something that the user must put right. */
export class Usage extends Error {}

const flags = {
  mount: { type: 'string', multiple: true, default: [] },
  cwd: { type: 'string' },
  env: { type: 'string', multiple: true, default: [] },
  get: { type: 'string', multiple: true, default: [] },
  out: { type: 'string', multiple: true, default: [] },
  transport: { type: 'string' },
  storage: { type: 'string' },
  browser: { type: 'string', default: 'chromium' },
  chaos: { type: 'string' },
  timeout: { type: 'string', default: '60' },
  batch: { type: 'string' },
  json: { type: 'boolean', default: false },
  console: { type: 'boolean', default: false },
};

export function readOptions(argv) {
  const at = argv.indexOf('--');
  const [ours, command] = at < 0 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
  let values;
  try {
    ({ values } = parseArgs({ args: ours, options: flags }));
  } catch (error) {
    throw new Usage(error.message);
  }
  oneOf('--transport', values.transport, ['jspi', 'xhr']);
  oneOf('--storage', values.storage, ['opfs', 'idb', 'memory']);
  oneOf('--browser', values.browser, ['chromium', 'firefox']);
  const chaos = values.chaos === undefined ? 0 : positive('--chaos', values.chaos);
  if (chaos && values.browser !== 'chromium') throw new Usage('--chaos needs --browser chromium');
  const settings = { transport: values.transport, storage: values.storage, browser: values.browser, chaos, console: values.console, json: values.json, batch: values.batch };
  const job = readJob({ ...values, command, timeout: positive('--timeout', values.timeout) }, process.cwd());
  if (values.batch === undefined && command.length === 0) throw new Usage('no command: exec [options] -- COMMAND ARGS…');
  if (values.batch !== undefined && command.length > 0) throw new Usage('a command and --batch exclude each other');
  return { settings, job };
}

/** One job as the harness wants it. Folders of the host are meant from `here`. */
export function readJob(source, here) {
  const env = Array.isArray(source.env) ? Object.fromEntries(source.env.map(readVariable)) : (source.env ?? {});
  return {
    id: source.id,
    command: source.command.map(String),
    cwd: source.cwd,
    env,
    stdin: source.stdin,
    timeout: source.timeout,
    // Measurements come back to the same files.
    keep: source.keep ?? false,
    mount: (source.mount ?? []).map((text) => {
      const [host, guest] = splitLast('--mount', text, 'HOSTDIR:/guest');
      if (!guest.startsWith('/')) throw new Usage(`--mount ${text}: the guest's path must be absolute`);
      return { host: path.resolve(here, host), guest };
    }),
    out: (source.out ?? []).map((text) => {
      const [guest, host] = splitFirst('--out', text, '/guest:HOSTDIR');
      if (!guest.startsWith('/')) throw new Usage(`--out ${text}: the guest's path must be absolute`);
      return { guest, host: path.resolve(here, host) };
    }),
    get: (source.get ?? []).map((text) => {
      // Measurements give a target whole.
      if (typeof text === 'object') return text;
      const match = /^(\d{1,5})(\/.*)?$/s.exec(text);
      if (!match || Number(match[1]) > 65535) throw new Usage(`--get ${text}: wanted PORT/PATH, such as 3000/`);
      return { port: Number(match[1]), path: match[2] ?? '/' };
    }),
  };
}

function readVariable(text) {
  const at = text.indexOf('=');
  if (at < 1) throw new Usage(`--env ${text}: wanted K=V`);
  return [text.slice(0, at), text.slice(at + 1)];
}

// A path of the host may hold a colon (C:\…): a guest's begins with ":/".
function splitLast(flag, text, wanted) {
  const at = text.lastIndexOf(':/');
  if (at < 1) throw new Usage(`${flag} ${text}: wanted ${wanted}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function splitFirst(flag, text, wanted) {
  const at = text.indexOf(':');
  if (at < 1 || at === text.length - 1) throw new Usage(`${flag} ${text}: wanted ${wanted}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function positive(flag, text) {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new Usage(`${flag} ${text}: wanted a number above 0`);
  return value;
}

function oneOf(flag, value, choices) {
  if (value !== undefined && !choices.includes(value)) throw new Usage(`${flag} ${value}: wanted ${choices.join(' or ')}`);
}
