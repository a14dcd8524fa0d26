const Loki = require('lokijs');
const users = new Loki('x.db', { persistenceMethod: null }).addCollection('users', { indices: ['age'] });
users.insert([{ name: 'a', age: 5 }, { name: 'b', age: 50 }, { name: 'c', age: 20 }]);
console.log(users.chain().find({ age: { $gte: 20 } }).simplesort('age').data().map((u) => u.name), users.mapReduce((u) => u.age, (l) => l.reduce((a, b) => a + b)));
