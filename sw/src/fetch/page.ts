// Answers that Porthole gives itself: small pages for people, plain text for programs.

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `html`: the asker shows documents. */
export function page(status: number, title: string, text: string, html: boolean): Response {
  const headers = { "cache-control": "no-store", "content-type": html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8", "x-porthole-error": "1" };
  if (!html) return new Response(`${status} ${title}: ${text}\n`, { status, headers });
  const body = `<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}h1{font-size:1.25rem}p{opacity:.8;overflow-wrap:anywhere}</style>
<h1>${status} · ${escaped(title)}</h1><p>${escaped(text)}</p></html>
`;
  return new Response(body, { status, headers: { ...headers, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" } });
}
