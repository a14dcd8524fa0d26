const bunyan = require('bunyan');
const ring = new bunyan.RingBuffer({ limit: 5 });
const log = bunyan.createLogger({ name: 'n', streams: [{ type: 'raw', stream: ring, level: 'info' }] });
log.info({ a: 1 }, 'one %s', 'x');
log.debug('no');
log.error(new Error('boom'), 'two');
console.log(ring.records.map((r) => [r.level, r.msg, r.a, r.err && r.err.message]));
