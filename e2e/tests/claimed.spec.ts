// First visits, one after the other: the service worker takes the page over while its workers are being made.
import { Desk, expect, test } from './fixtures.js';

test('the first process of a first visit reaches the service worker, over xhr', async ({ browser, site }) => {
  for (let visit = 0; visit < 12; visit += 1) {
    const context = await browser.newContext();
    const desk = new Desk(await context.newPage(), site.origin);
    await desk.boot({ transport: 'xhr' });
    expect(await desk.run(['node', '-e', 'console.log(1)'])).toEqual({ code: 0, stderr: '', stdout: '1\n' });
    await context.close();
  }
});
