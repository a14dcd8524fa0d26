const pino = require('pino');
const lines = [];
const logger = pino({ base: null, timestamp: false, redact: ['secret'] }, { write: (line) => lines.push(line) });
logger.info({ a: 1, secret: 'x' }, 'hi %d', 5);
logger.child({ c: 2 }).error(new TypeError('bad').message);
console.log(lines.join(''));
