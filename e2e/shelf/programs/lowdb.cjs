const low = require('lowdb');
const Memory = require('lowdb/adapters/Memory');
const db = low(new Memory());
db.defaults({ posts: [] }).write();
db.get('posts').push({ id: 1, t: 'x' }, { id: 2, t: 'y' }).write();
console.log(db.get('posts').find({ id: 2 }).value(), db.get('posts').map('t').value());
