const Hapi = require('@hapi/hapi');
(async () => {
  const server = Hapi.server({ port: 0, host: 'localhost' });
  server.route({ method: 'GET', path: '/add/{a}/{b}', handler: (request) => ({ sum: +request.params.a + +request.params.b }) });
  server.route({ method: 'POST', path: '/echo', handler: (request) => request.payload });
  await server.start();
  console.log(await (await fetch(`${server.info.uri}/add/1/2`)).json());
  console.log((await server.inject({ method: 'POST', url: '/echo', payload: { a: [1] } })).result);
  await server.stop();
})();
