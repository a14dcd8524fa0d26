const { Kysely, DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } = require('kysely');
const db = new Kysely({ dialect: { createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (d) => new PostgresIntrospector(d), createQueryCompiler: () => new PostgresQueryCompiler() } });
const q = db.selectFrom('person').select(['id', 'name as n']).where('age', '>', 18).leftJoin('pet', 'pet.owner', 'person.id').compile();
console.log(q.sql, q.parameters);
