// Links, forms and scripts of a guest lead to `/about`; the page must go to `/~/main/3000/about`. Within the scope the service worker would redirect, but it does not
// always know who asks (Firefox tells neither client nor path after `pushState`), and outside of its scope it is not asked.

import type { Spelling } from "./spelling.ts";

/** Newer than TypeScript's library: what is used of the Navigation API. */
interface NavigateEvent extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
  readonly navigationType: "push" | "replace" | "reload" | "traverse";
  readonly hashChange: boolean;
  readonly formData: FormData | null;
  readonly downloadRequest: string | null;
}

export function guide({ page }: Spelling, moved: () => void): void {
  const here = (url: string): string | undefined => page(url, document.baseURI);

  /** Writes an attribute until what the browser does next has been done. */
  const briefly = (element: Element, name: string, value: string): void => {
    const old = element.getAttribute(name);
    element.setAttribute(name, value);
    setTimeout(() => {
      if (element.getAttribute(name) !== value) return;
      if (old === null) element.removeAttribute(name);
      else element.setAttribute(name, old);
    });
  };

  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented) return;
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement || target instanceof HTMLAreaElement);
    const href = link?.getAttribute("href");
    if (link === undefined || href == null || href.startsWith("#")) return;
    const to = here(href);
    if (to !== undefined) briefly(link, "href", to);
  };
  // On the window, after the page's own listeners: what they prevent is not touched.
  addEventListener("click", follow);
  addEventListener("auxclick", follow);

  const send = (form: HTMLFormElement, submitter: Element | null | undefined): void => {
    const [element, name] = submitter?.hasAttribute("formaction") ? [submitter, "formaction"] : [form, "action"];
    // Without an action a form is sent to the page's own address, which `pushState` may have changed.
    const to = here(element.getAttribute(name) || location.href);
    if (to !== undefined) briefly(element, name, to);
  };
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target instanceof HTMLFormElement) send(event.target, event.submitter);
  });
  const submit = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () {
    send(this, undefined);
    submit.call(this);
  };

  const open = window.open;
  window.open = (url, ...rest) => open.call(window, url == null ? url : (here(String(url)) ?? url), ...rest);

  for (const name of ["pushState", "replaceState"] as const) {
    const original = History.prototype[name];
    History.prototype[name] = function (...args) {
      original.apply(this, args);
      moved();
    };
  }

  /** The site around may send its frame to a page of its own. */
  const sentBySite = (url: string): boolean => {
    const frame = window.frameElement as (Element & { src?: string }) | null;
    return frame !== null && frame.src === url && page(parent.location.href, url) !== undefined;
  };

  // What scripts do to `location`. Browsers without the API leave it to the service worker.
  const navigation = (window as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener("navigate", (event) => {
    const { destination, navigationType, hashChange, formData, downloadRequest, cancelable } = event as NavigateEvent;
    if (!cancelable || destination.sameDocument || hashChange || formData !== null || downloadRequest !== null || navigationType === "traverse") return;
    const to = here(destination.url);
    if (to === undefined || sentBySite(destination.url)) return;
    event.preventDefault();
    queueMicrotask(() => (navigationType === "push" ? location.assign(to) : location.replace(to)));
  });
}
