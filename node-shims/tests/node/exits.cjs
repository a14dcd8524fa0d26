process.on('exit', (code) => { console.log('exit', code); process.exitCode = 9; });
setTimeout(() => console.log('never'), 10);
setImmediate(() => { try { process.exit(4); } finally { console.log('never either'); } });
