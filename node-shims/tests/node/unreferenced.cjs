'use strict';
// What does not hold the process.
require('timers/promises').setTimeout(60_000, null, { ref: false }).then(() => console.log('never'));
setTimeout(() => console.log('never'), 60_000).unref();
setImmediate(() => console.log('never either')).unref();
require('net').createServer().listen(0).unref();
process.on('exit', () => console.log('the end'));
