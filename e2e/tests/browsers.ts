// Stock browsers that nobody drives, with profiles that outlive them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type BrowserName = 'chromium' | 'firefox';

export interface Profile {
  folder: string;
  remove(): void;
}

/** A profile of its own. `settings` are Firefox's. */
export function profile(settings: Record<string, unknown> = {}): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'porthole-profile-'));
  const all = { 'browser.shell.checkDefaultBrowser': false, 'datareporting.policy.dataSubmissionEnabled': false, ...settings };
  writeFileSync(join(folder, 'user.js'), Object.entries(all).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`).join(''));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

const commands: Record<BrowserName, (folder: string, url: string) => [string, string[]]> = {
  chromium: (folder, url) => [
    find(['chromium', 'chromium-browser', 'google-chrome']),
    ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${folder}`, url],
  ],
  firefox: (folder, url) => [find(['firefox-esr', 'firefox']), ['--headless', '--no-remote', '--profile', folder, url]],
};

/** Opens an address. `kill` ends all processes of the browser at once, as a crash does. */
export function start(name: BrowserName, { folder }: Profile, url: string): { kill(): Promise<void> } {
  const [program, flags] = commands[name](folder, url);
  // A group of its own: a browser is many processes.
  const child = spawn(program, flags, { stdio: 'ignore', detached: true });
  const gone = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
  return {
    async kill() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      await gone;
    },
  };
}

function find(names: string[]): string {
  for (const name of names) for (const folder of (process.env.PATH ?? '').split(':')) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error(`None of ${names.join(', ')} is installed`);
}
