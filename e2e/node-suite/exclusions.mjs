// Tests that say nothing about Porthole, and the only four reasons for which that may be so.

export const reasons = {
  addon: 'needs a native addon',
  v8: 'needs V8 itself',
  os: 'needs what no browser can offer of an operating system',
  internet: 'needs the internet',
};

/** By flags: each of these changes or shows something in V8. */
const v8Flags = /^--(allow-natives-syntax|track-heap-objects|prof|perf-|cpu-prof|heap-prof|heapsnapshot|build-snapshot|snapshot-blob|inspect|interpreted-frames-native-stack|jitless|stack-size|gc-interval|predictable|interrupt-budget|no-opt|always-|turbo|trace-gc|max-semi|max-old|max-heap|huge-max|no-concurrent|abort-on-uncaught|js-|wasm-|experimental-wasm|force-|zero-fill|random-seed|hash-seed|noverify|stress|optimize)/;

/** Name, reason, why. The first that matches counts. */
const rules = [
  [/\/test-(heapsnapshot|heap-prof|cpu-prof|v8-|startup-empty|snapshot-|single-executable|inspect|inspector|debugger|diagnostic-dir-heap|diagnostic-dir-cpu|tick-processor|compile-cache-|code-cache|internal-only-binding-v8|performance-gc|gc-|perf-gc)/, 'v8', 'snapshots, profiles, code caches or the inspector are made by V8'],
  [/\/test-(worker-heap|worker-cpu|worker-heapsnapshot|worker-heap-snapshot|process-external-stringbuffer|domain-abort-on|domain-no-error-handler-abort|domain-with-abort|abort-on|async-hooks-fatal|wasm-(stack|memory)-|memory-usage-emfile)/, 'v8', 'looks into the engine'],
  [/addons|node-api|napi|\/test-(process-dlopen|dlopen|import-addon|openssl-ca-options|crypto-fips|fips|process-versions-addon)/, 'addon', 'loads a shared library'],
  [/\/test-(cluster-dgram|dgram-(multicast|udp6|bind-socket|ipv6|sendto))/, 'os', 'raw UDP'],
  [/\/test-(process-setgroups|process-initgroups|process-euid-egid|process-uid-gid|fs-chown-other|setuid)/, 'os', 'rights of other users'],
  [/\/test-(ttywrap-|tty-backwards|set-raw-mode|ttygetwinsize)/, 'os', 'a terminal as hardware'],
];

/** Why a test is not counted: `{ reason, why }`, or undefined. */
export function exclusion({ name, flags }) {
  const flag = flags.find((word) => v8Flags.test(word.replaceAll('_', '-')));
  if (flag !== undefined) return { reason: 'v8', why: `flag ${flag}` };
  const rule = rules.find(([pattern]) => pattern.test(name));
  return rule && { reason: rule[1], why: rule[2] };
}
