const fastify = require('fastify')();
fastify.post('/user', { schema: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, age: { type: 'integer' } } } } }, async (req) => ({ ...req.body, ok: true }));
fastify.get('/params/:id', async (req) => req.params);
(async () => {
  console.log((await fastify.inject({ method: 'GET', url: '/params/7' })).json());
  console.log((await fastify.inject({ method: 'POST', url: '/user', payload: { name: 'x', age: '3' } })).json());
  console.log((await fastify.inject({ method: 'POST', url: '/user', payload: {} })).json());
  await fastify.listen({ port: 0 });
  console.log(await (await fetch(`http://localhost:${fastify.server.address().port}/params/9`)).text());
  await fastify.close();
})();
