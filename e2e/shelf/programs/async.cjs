const async = require('async');
async.parallelLimit([1, 2, 3].map((n) => (cb) => setTimeout(() => cb(null, n * 2), 5)), 2, (e, r) => console.log(e, r));
async.auto({ a: (cb) => cb(null, 1), b: ['a', ({ a }, cb) => cb(null, a + 1)] }, (e, r) => console.log(e, r));
const queue = async.queue(async (task) => task * 3, 1);
Promise.all([queue.push(1), queue.push(2)]).then((r) => console.log(r));
