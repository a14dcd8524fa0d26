const { request, Agent, fetch } = require('undici');
const server = require('http').createServer((req, res) => res.end(`${req.method} ${req.url}`)).listen(0, async () => {
  const base = `http://localhost:${server.address().port}`; const dispatcher = new Agent({ keepAliveTimeout: 10 });
  const { statusCode, body } = await request(`${base}/a`, { method: 'PUT', dispatcher });
  console.log(statusCode, await body.text(), await (await fetch(`${base}/b`, { dispatcher })).text());
  await dispatcher.close(); server.close();
});
