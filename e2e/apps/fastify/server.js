const fastify = require('fastify')({ logger: false });
fastify.get('/', async (request) => ({ framework: 'fastify', path: request.url }));
fastify.listen({ port: 3000 });
