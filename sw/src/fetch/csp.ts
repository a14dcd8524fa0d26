// The guest's Content-Security-Policy, loosened by exactly one script: the one that is put into its pages.

/** Removed: they speak about the page around the preview, about the scheme of the site, or send reports to the site's server. */
const DROPPED = new Set(["frame-ancestors", "upgrade-insecure-requests", "block-all-mixed-content", "report-uri", "report-to"]);

/** One header's policies (a comma separates them), with a nonce where inline scripts would not run. `""`: nothing is left. */
export function allow(header: string, nonce: string): string {
  const policies = header.split(",").map((policy) => allowOne(policy, nonce));
  return policies.filter((policy) => policy !== "").join(", ");
}

function allowOne(policy: string, nonce: string): string {
  const directives = policy
    .split(";")
    .map((directive) => directive.trim().split(/[ \t\n\f\r]+/))
    .map(([name = "", ...values]) => ({ name: name.toLowerCase(), values }))
    // A directive counts where it stands first.
    .filter(({ name }, index, all) => name !== "" && !DROPPED.has(name) && all.findIndex((other) => other.name === name) === index);
  const named = (name: string) => directives.find((directive) => directive.name === name);
  // For elements, the first of these that is there counts.
  const elements = named("script-src-elem");
  const counting = elements ?? named("script-src") ?? named("default-src");
  if (counting !== undefined && !inline(counting.values)) {
    const values = counting.values.filter((value) => value.toLowerCase() !== "'none'").concat(`'nonce-${nonce}'`);
    if (counting.name === "default-src") directives.push({ name: "script-src-elem", values });
    else counting.values = values;
  }
  return directives.map(({ name, values }) => [name, ...values].join(" ")).join("; ");
}

/** Whether any inline script runs: a nonce, a hash or `'strict-dynamic'` take that back. */
function inline(values: readonly string[]): boolean {
  const lower = values.map((value) => value.toLowerCase());
  return lower.includes("'unsafe-inline'") && !lower.some((value) => value === "'strict-dynamic'" || /^'(nonce|sha256|sha384|sha512)-/.test(value));
}
