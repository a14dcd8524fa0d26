const winston = require('winston');
const logger = winston.createLogger({ level: 'debug', format: winston.format.combine(winston.format.errors({ stack: false }), winston.format.splat(), winston.format.json()), transports: [new winston.transports.Console()] });
logger.info('hello %s', 'world', { a: 1 });
logger.child({ module: 'm' }).warn('careful');
logger.silly('not shown');
