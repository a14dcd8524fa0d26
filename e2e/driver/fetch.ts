// Asks a guest's port as a page of that port would.

export interface Target {
  port: number;
  /** With its leading slash. */
  path: string;
  /** False: not only once the port is open. */
  wait?: boolean;
}

export interface Answer {
  port: number;
  path: string;
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Uint8Array;
  /** Milliseconds to the head, and to the end of the body. */
  ms: { head: number; end: number };
}

/** One request and no other: the frame shows a page of the harness, which the service worker controls, so that the guest is asked exactly once. */
export async function fetchFromFrame(portUrl: string, target: Target): Promise<Answer> {
  const frame = document.createElement('iframe');
  frame.src = '__frame.html';
  await new Promise((resolve) => {
    frame.onload = resolve;
    document.body.append(frame);
  });
  try {
    const view = frame.contentWindow as (Window & typeof globalThis) | null;
    if (!view) throw new Error('the frame has no window');
    const base = new URL(portUrl, location.href);
    const url = new URL(target.path.replace(/^\/+/, ''), base);
    const before = performance.now();
    const response = await view.fetch(url, { referrer: base.href });
    const head = performance.now() - before;
    const body = new Uint8Array(await response.arrayBuffer());
    // Where a worker is stopped while it starts, Chromium asks the site's server instead, which knows nothing of ports.
    if (view.performance.getEntriesByName(url.href, 'resource').some((entry) => (entry as PerformanceResourceTiming).workerStart === 0)) {
      throw new TypeError('the browser passed by the service worker');
    }
    const ms = { head, end: performance.now() - before };
    return { ...target, status: response.status, statusText: response.statusText, headers: [...response.headers], body, ms };
  } finally {
    frame.remove();
  }
}
