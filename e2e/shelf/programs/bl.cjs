const { BufferList } = require('bl');
const list = new BufferList();
for (const part of ['abcd', 'efg', 'hi']) list.append(part);
console.log(list.length, list.slice(2, 8).toString(), list.indexOf('gh'), list.get(4), list.consume(3).toString(), list.duplicate().length);
