// Browsers that nobody drives: a debugger keeps a service worker alive, so these runs alone see it die of idleness.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { serve } from './site.js';

interface Report {
  steps: { name: string; value: unknown; at: number }[];
  error?: string;
}

const browsers = {
  chromium: (profile: string, url: string) =>
    spawn(find(['chromium', 'chromium-browser', 'google-chrome']), ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`, url], { stdio: 'ignore' }),
  firefox: (profile: string, url: string) => {
    // Two seconds instead of thirty until an idle service worker dies.
    writeFileSync(join(profile, 'user.js'), 'user_pref("dom.serviceWorkers.idle_timeout", 2000);\nuser_pref("dom.serviceWorkers.idle_extended_timeout", 2000);\nuser_pref("browser.shell.checkDefaultBrowser", false);\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n');
    return spawn(find(['firefox-esr', 'firefox']), ['--headless', '--no-remote', '--profile', profile, url], { stdio: 'ignore' });
  },
};

function find(names: string[]): string {
  for (const name of names) for (const folder of (process.env.PATH ?? '').split(':')) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error(`None of ${names.join(', ')} is installed`);
}

async function run(browser: keyof typeof browsers, query: string): Promise<Report> {
  const site = await serve();
  const profile = mkdtempSync(join(tmpdir(), 'porthole-profile-'));
  let child: ChildProcess | undefined;
  try {
    const reported = new Promise<Report>((done) => site.onReport((report) => done(report as Report)));
    child = browsers[browser](profile, `${site.origin}/undriven.html?${query}`);
    return await reported;
  } finally {
    if (child) {
      const gone = new Promise((done) => child?.once('exit', done));
      child.kill('SIGKILL');
      await gone;
    }
    site.server.closeAllConnections();
    site.server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const wanted = {
  'file after idling': 'kept',
  preview: 'Hello from Express',
  'preview after a long silence': 'Hello from Express',
  'cookie after a long silence': '1',
  'the kernel died while nothing ran': true,
  'the kernel lived while a process did': true,
};

test('chromium, for more than 90 seconds', async () => {
  test.setTimeout(200_000);
  const report = await run('chromium', 'idle=40&busy=65');
  expect(report.error).toBeUndefined();
  expect(Object.fromEntries(report.steps.map(({ name, value }) => [name, value]))).toMatchObject(wanted);
});

for (const transport of ['jspi', 'xhr']) {
  test(`firefox over ${transport}`, async () => {
    test.setTimeout(120_000);
    const report = await run('firefox', `idle=8&busy=1&transport=${transport}`);
    expect(report.error).toBeUndefined();
    // With two seconds of patience the kernel dies between heartbeats as well: what matters is that nobody notices.
    const { 'the kernel lived while a process did': _, ...rest } = wanted;
    expect(Object.fromEntries(report.steps.map(({ name, value }) => [name, value]))).toMatchObject(rest);
  });
}
