const mitt = require('mitt'); const e = (mitt.default ?? mitt)();
e.on('a', (x) => console.log('a', x)); e.on('*', (t, x) => console.log('*', t, x)); e.emit('a', { n: 1 }); e.off('a'); e.emit('a', 2);
