// Browsers that nobody drives: a debugger keeps a service worker alive, so these runs alone see it die of idleness.
import { expect, test } from '@playwright/test';
import { type BrowserName, profile, start } from './browsers.js';
import { serve } from './site.js';

interface Report {
  steps: { name: string; value: unknown; at: number }[];
  error?: string;
}

async function run(browser: BrowserName, query: string): Promise<Report> {
  const site = await serve();
  // Two seconds instead of thirty until an idle service worker of Firefox dies.
  const home = profile({ 'dom.serviceWorkers.idle_timeout': 2000, 'dom.serviceWorkers.idle_extended_timeout': 2000 });
  const reported = new Promise<Report>((done) => site.onReport((report) => done(report as Report)));
  const window = start(browser, home, `${site.origin}/undriven.html?${query}`);
  try {
    return await reported;
  } finally {
    await window.kill();
    site.close();
    home.remove();
  }
}

const wanted = {
  'what is loaded late': '1 test ed25519 1 [object WebAssembly.Module]\n',
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
