// What every browser test starts from: a site, a page of it, and words for what a page does with a container.
import { test as base, expect, type FrameLocator, type Page } from '@playwright/test';
import { serve, subfolder, type Site } from './site.js';
import type { Container as ContainerClass } from '../../sw/src/porthole.js';

declare global {
  /** Put there by e2e/pages/blank.html. */
  var Container: typeof ContainerClass;
  var container: ContainerClass;
}

export { expect, subfolder };

export type Transport = 'jspi' | 'xhr';

export interface Started {
  port: number;
  url: string;
}

export const test = base.extend<{ desk: Desk }, { site: Site }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const site = await serve();
      await use(site);
      site.close();
    },
    { scope: 'worker' },
  ],
  desk: async ({ page, site }, use) => {
    const desk = new Desk(page, site.origin);
    await use(desk);
    expect(desk.faults, 'errors on the page or in the kernel').toEqual([]);
  },
});

/** A page that holds a container. */
export class Desk {
  readonly faults: string[] = [];

  constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && /panicked|kernel fault|RuntimeError/i.test(message.text())) this.faults.push(message.text());
    });
  }

  async boot({ base = '/', ...options }: { base?: string; transport?: Transport; name?: string; storage?: 'opfs' | 'idb' | 'memory' } = {}): Promise<void> {
    await this.page.goto(`${this.origin}${base}blank.html`);
    await this.page.waitForFunction(() => 'Container' in globalThis);
    await this.page.evaluate(async (options) => {
      globalThis.container = await Container.boot(options);
    }, options);
  }

  /** Mounts an app and its packages at /app. */
  async mount(app: string): Promise<void> {
    await this.page.evaluate(async (url) => container.mount(await (await fetch(url)).blob(), { path: '/app' }), `apps/${app}.zip`);
  }

  /** Starts a server and waits for its port. */
  async serve(command: string[], env: Record<string, string> = {}): Promise<Started> {
    return this.page.evaluate(
      async ([[file, ...args], env]) => {
        const opened = new Promise<{ port: number; url: string }>((found) => {
          const off = container.on('port', (port, kind, url) => {
            if (kind !== 'open') return;
            off();
            found({ port, url });
          });
        });
        const child = await container.spawn(file, args, { cwd: '/app', env });
        let said = '';
        void child.output.pipeTo(new WritableStream({ write: (text) => void (said += text) }));
        const ended = child.exit.then((code): never => {
          throw new Error(`${file} ended with ${code} before it listened:\n${said}`);
        });
        return Promise.race([opened, ended]);
      },
      [command, env] as const,
    );
  }

  /** Runs a program to its end. */
  async run(command: string[], { stdin = '', cwd = '/', env = {} }: { stdin?: string; cwd?: string; env?: Record<string, string> } = {}): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.page.evaluate(
      async ([[file, ...args], stdin, cwd, env]) => {
        const child = await container.spawn(file, args, { cwd, env });
        const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
        const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
        const writer = child.stdin.getWriter();
        if (stdin) await writer.write(new TextEncoder().encode(stdin));
        await writer.close().catch(() => {});
        const [code, [stdout, stderr]] = await Promise.all([child.exit, outputs]);
        return { code, stdout, stderr };
      },
      [command, stdin, cwd, env] as const,
    );
  }

  /** Shows a URL of a port in an iframe. */
  async preview(url: string): Promise<FrameLocator> {
    await this.page.evaluate((src) => {
      const frame = document.querySelector('iframe') ?? document.body.appendChild(document.createElement('iframe'));
      return new Promise<void>((done) => {
        frame.onload = () => done();
        frame.src = src;
      });
    }, url);
    return this.page.frameLocator('iframe');
  }

  /** Runs a function inside the preview's window. */
  inPreview<T, A>(work: (argument: A) => T | Promise<T>, argument: A): Promise<T> {
    const frame = this.page.frames().find((candidate) => candidate !== this.page.mainFrame());
    if (!frame) throw new Error('There is no preview');
    return frame.evaluate(work as never, argument) as Promise<T>;
  }

  /** Kills the service worker, as the browser does when it is idle. */
  async kill(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.stopAllWorkers');
    await session.detach();
  }
}
