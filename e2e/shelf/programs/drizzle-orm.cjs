const { pgTable, serial, text, integer, QueryBuilder } = require('drizzle-orm/pg-core');
const { eq, gt, and } = require('drizzle-orm');
const users = pgTable('users', { id: serial('id').primaryKey(), name: text('name'), age: integer('age') });
console.log(new QueryBuilder().select({ n: users.name }).from(users).where(and(eq(users.name, 'x'), gt(users.age, 5))).limit(3).toSQL());
