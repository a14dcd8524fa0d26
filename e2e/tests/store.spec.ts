// The stores' conformance suite (e2e/store) over each kind of store, in a worker of each browser.
import { expect, test } from './fixtures.js';
import { profile, start } from './browsers.js';
import { serve } from './site.js';

type Report = Record<string, Record<string, string>>;

function judge(report: Report, kind: string, least: number): void {
  const outcomes = report[kind] ?? {};
  const failed = Object.entries(outcomes).filter(([, outcome]) => outcome !== 'ok');
  expect(failed, kind).toEqual([]);
  expect(Object.keys(outcomes).length, `checks of ${kind}`).toBeGreaterThanOrEqual(least);
}

const kinds: [kind: string, least: number][] = [['memory', 5], ['idb', 12], ['opfs', 16]];

for (const [kind, least] of kinds) {
  test(`chromium: ${kind}`, async ({ page, site }) => {
    await page.goto(`${site.origin}/store.html?kinds=${kind}`);
    await page.waitForFunction(() => 'report' in globalThis);
    judge(await page.evaluate(() => (globalThis as unknown as { report: Report }).report), kind, least);
  });
}

test('firefox: all of them', async () => {
  const site = await serve();
  const home = profile();
  const reported = new Promise<Report>((done) => site.onReport((report) => done(report as Report)));
  const window = start('firefox', home, `${site.origin}/store.html`);
  try {
    const report = await reported;
    for (const [kind, least] of kinds) judge(report, kind, least);
  } finally {
    await window.kill();
    site.close();
    home.remove();
  }
});
