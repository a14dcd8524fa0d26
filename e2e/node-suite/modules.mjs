// To which of Node's modules a test belongs, by its name.

/** First match counts. */
const rules = [
  ['es-module', /^es-module\/|^parallel\/test-(esm|import|dynamic-import|require-module|cjs-module)/],
  ['async_hooks', /^async-hooks\/|^parallel\/test-(async-hooks|async-local-storage|async-wrap|asyncresource|async-)/],
  ['tty', /^pseudo-tty\/|-tty-|\/test-tty/],
  ['webstreams', /\/test-(whatwg-(readable|writable|transform|webstreams|encoding-custom-internals|readablebytestream)|webstream)/],
  ['url', /\/test-(url|whatwg-url|urlpattern)/],
  ['webcrypto', /\/test-webcrypto/],
  ['string_decoder', /\/test-string-decoder/],
  ['events', /\/test-(event|events|eventtarget|eventsource|once)/],
  ['child_process', /\/test-child-process/],
  ['diagnostics_channel', /\/test-diagnostics-channel/],
  ['perf_hooks', /\/test-(perf|performance)/],
  ['stream', /\/test-(stream|streams|stream2|stream3|readable|writable|duplex)/],
  ['http2', /\/test-http2/],
  ['https', /\/test-https/],
  ['http', /\/test-http|\/test-(fetch|websocket|client-abort|server)/],
  ['module', /\/test-(module|require|preload|loaders|cwd-enoent|symlink-main)/],
  ['test', /\/test-runner|\/test-(test-)?runner/],
  ['process', /\/test-(process|promise|unhandled|uncaught|signal|kill|stdin|stdout|stdio|setproctitle|env-|dotenv|cli-|node-options|umask|exit|beforeexit|next-tick|nexttick|queue-microtask|microtask|warn|error|release|exception)/],
  ['readline', /\/test-readline/],
  ['worker_threads', /\/test-(worker|broadcastchannel|messagechannel|message-channel|messageport|structuredclone)/],
  ['util', /\/test-(util|format|parse-args|styletext|mime|text-decoder|textdecoder|whatwg-encoding|abort|aborted)/],
  ...['assert', 'buffer', 'cluster', 'console', 'crypto', 'dgram', 'dns', 'domain', 'fs', 'inspector', 'net', 'os', 'path', 'permission', 'punycode', 'querystring', 'repl', 'sqlite', 'timers', 'tls', 'trace', 'v8', 'vm', 'wasi', 'zlib'].map((name) => [
    name,
    new RegExp(`/test-${name}(s)?[-.]`),
  ]),
  ['snapshot', /\/test-(snapshot|single-executable|sea|startup-empty|heap)/],
  ['blob', /\/test-(blob|file)/],
  ['timers', /\/test-(set(timeout|interval|immediate)|timer)/],
];

export function moduleOf(name) {
  return rules.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}
