const knex = require('knex')({ client: 'pg' });
console.log(knex('users').join('posts', 'users.id', 'posts.user').where({ a: 1 }).whereIn('b', [1, 2]).orderBy('c', 'desc').limit(5).toString());
console.log(knex.schema.createTable('t', (t) => { t.increments(); t.string('name').notNullable(); t.timestamps(); }).toString());
