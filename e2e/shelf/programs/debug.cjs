process.env.DEBUG_COLORS = 'no';
process.env.DEBUG_HIDE_DATE = '1';
const debug = require('debug');
debug.enable('a:*,-a:b');
debug.log = (...args) => console.log(...args);
debug('a:x')('shown %o %d', { y: 1 }, 2);
debug('a:b')('hidden');
console.log(debug.enabled('a:z'), debug.enabled('q'));
