// The browser suite. Its tests serve dist/ themselves, at the root and in a subfolder.
import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.PORTHOLE_CHROMIUM ?? installed.find((place) => existsSync(place));

export default defineConfig({
  testDir: './tests',
  outputDir: './report/artifacts',
  forbidOnly: true,
  // Machines that run this are shared and stall now and then; a test that passes at the second try is listed as flaky.
  retries: 1,
  workers: 1,
  timeout: 120_000,
  // Three times what all of them take: where everything hangs, what has hung is told.
  globalTimeout: 30 * 60_000,
  reporter: [['list'], ['json', { outputFile: './report/results.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] },
    trace: 'retain-on-failure',
  },
});
