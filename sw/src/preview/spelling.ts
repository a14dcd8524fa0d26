// The page's and the guest's spelling of addresses, as a preview sees them.

export interface Spelling {
  /** The page's address for what a guest's page names, or `undefined` if it needs none: it has the prefix already, or leads to another site. */
  page(url: string, base: string): string | undefined;
  /** The guest's path of a page's path. */
  guest(path: string): string;
}

/** `prefix`: `/sub/~/main/3000`; `origin`: the site's. */
export function spelling(prefix: string, origin: string): Spelling {
  const ports = prefix.replace(/[0-9]+$/, "");
  const scope = ports.replace(/~\/[^/]+\/$/, "");
  return {
    page(url, base) {
      let to: URL;
      try {
        to = new URL(url, base);
      } catch {
        return undefined;
      }
      const rest = to.pathname + to.search + to.hash;
      if (to.origin === origin) {
        const reserved = to.pathname.startsWith(`${scope}~/`) || to.pathname.startsWith(`${scope}~k/`);
        return reserved ? undefined : origin + prefix + rest;
      }
      if (!/^https?:$/.test(to.protocol) || !/^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)$/.test(to.hostname)) return undefined;
      return origin + ports + (to.port || (to.protocol === "https:" ? "443" : "80")) + rest;
    },
    guest: (path) => (path === prefix ? "/" : path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path),
  };
}
