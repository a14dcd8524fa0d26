// Starts a stock browser on an address by its plain command line, with a fresh profile.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const programs = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  firefox: ['firefox-esr', 'firefox'],
};

/** The program's path, or an error that says what to install. */
export function find(name) {
  const places = (process.env.PATH ?? '').split(path.delimiter);
  for (const program of programs[name] ?? []) {
    for (const place of places) {
      try {
        accessSync(path.join(place, program), constants.X_OK);
        return path.join(place, program);
      } catch {}
    }
  }
  throw new Error(`no ${name} on PATH (looked for ${(programs[name] ?? []).join(', ')}); 'cargo xtask setup' says how to get one`);
}

function chromiumFlags(profile, { debug }) {
  const flags = ['--headless=new', `--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check', '--disable-gpu', '--mute-audio'];
  flags.push('--disable-dev-shm-usage', '--disable-extensions', '--disable-sync', '--disable-component-update', '--disable-background-networking');
  flags.push('--disable-renderer-backgrounding', '--disable-background-timer-throttling', '--enable-logging=stderr');
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  if (debug) flags.push('--remote-debugging-port=0');
  return flags;
}

// Quiet on the network and at the start; its console goes to stdout.
const firefoxSettings = {
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'devtools.console.stdout.content': true,
};

/**
 * Opens `url`. `console` gets the browser's complaints, a line at a time. Resolves to `{ profile, exited, close }`: `exited` settles when the
 * browser ends by itself, with its code.
 */
export async function launch(name, url, { debug = false, console: onLine = () => {} } = {}) {
  const program = find(name);
  const profile = await mkdtemp(path.join(os.tmpdir(), `porthole-${name}-`));
  let flags;
  if (name === 'chromium') {
    flags = chromiumFlags(profile, { debug });
  } else {
    const lines = Object.entries(firefoxSettings).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`);
    await writeFile(path.join(profile, 'user.js'), lines.join(''));
    flags = ['--headless', '--no-remote', '--profile', profile];
  }
  // A group of its own: the browser is many processes, and all of them end with it.
  const child = spawn(program, [...flags, url], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) forEachLine(stream, onLine);
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const close = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {}
    await exited;
    await removeProfile(profile);
  };
  return { profile, exited, close };
}

/** The port of the debugging protocol, which Chromium writes into its profile. */
export async function debuggingPort(profile) {
  for (let tries = 0; tries < 200; tries += 1) {
    const text = await readFile(path.join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    if (/^\d+\n/.test(text)) return Number.parseInt(text, 10);
    await sleep(50);
  }
  throw new Error('Chromium told no debugging port');
}

// Its last processes may still be writing.
async function removeProfile(profile) {
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      return await rm(profile, { recursive: true, force: true });
    } catch {
      await sleep(100);
    }
  }
}

function forEachLine(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line);
  });
}
