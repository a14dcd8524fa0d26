process.on('uncaughtException', (error, origin) => console.log('caught', error.message, origin));
process.on('unhandledRejection', (reason) => console.log('rejection', reason));
process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(5); });
setTimeout(() => { throw new Error('one'); }, 1);
Promise.reject('two');
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 30);
setInterval(() => {}, 1000);
