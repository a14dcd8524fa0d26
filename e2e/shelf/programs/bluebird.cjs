const Promise_ = require('bluebird');
Promise_.map([1, 2, 3], (x) => Promise_.delay(5).return(x * 2), { concurrency: 2 }).then((r) => console.log(r));
Promise_.try(() => { throw new TypeError('t'); }).catch(TypeError, (e) => console.log('caught', e.message)).finally(() => console.log('finally'));
Promise_.promisify((a, cb) => cb(null, a + 1))(1).then((v) => console.log(v));
