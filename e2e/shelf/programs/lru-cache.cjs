const { LRUCache } = require('lru-cache');
const gone = [];
const cache = new LRUCache({ max: 2, dispose: (v, k) => gone.push(k) });
cache.set('a', 1); cache.set('b', 2); cache.get('a'); cache.set('c', 3);
console.log([...cache.keys()], cache.has('b'), gone, cache.size);
