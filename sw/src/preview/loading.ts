// Workers and frames that a guest names without prefix. The service worker redirects them, but browsers show it only those within its scope: of a site in a subfolder
// `/worker.js` is not.

import type { Spelling } from "./spelling.ts";

export function loadBelow({ page }: Spelling, prefix: string): void {
  const here = (url: string): string | undefined => page(url, document.baseURI);

  for (const name of ["Worker", "SharedWorker"] as const) {
    const Native = window[name];
    if (Native === undefined) continue;
    const construct = (target: typeof Native, [url, ...rest]: [string | URL, ...unknown[]], self: NewableFunction): object =>
      Reflect.construct(target, [here(String(url)) ?? url, ...rest], self);
    Object.defineProperty(window, name, { configurable: true, writable: true, value: new Proxy(Native, { construct }) });
  }

  // At the root of a site every address is within the scope.
  if (prefix.startsWith("/~/")) return;
  const source = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "src");
  if (source?.set !== undefined) {
    const { set } = source;
    Object.defineProperty(HTMLIFrameElement.prototype, "src", {
      ...source,
      set(this: HTMLIFrameElement, url: unknown) {
        set.call(this, here(String(url)) ?? url);
      },
    });
  }
  const correct = (node: Node): void => {
    const frames = node instanceof HTMLIFrameElement ? [node] : node instanceof Element ? node.querySelectorAll("iframe") : [];
    for (const frame of frames) {
      const url = frame.getAttribute("src");
      const to = url === null || url === "" ? undefined : here(url);
      if (to !== undefined) frame.setAttribute("src", to);
    }
  };
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(correct))).observe(document, { childList: true, subtree: true });
}
