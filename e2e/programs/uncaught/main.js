process.on('exit', (code) => console.log('exit', code));
function deep(n) { if (n === 0) throw new TypeError('on purpose'); deep(n - 1); }
setTimeout(() => deep(2), 1);
