const axios = require('axios');
const http = require('http');
const server = http.createServer((req, res) => {
  let body = '';
  req.on('data', (d) => body += d).on('end', () => {
    res.setHeader('content-type', 'application/json');
    if (req.url === '/fail') res.statusCode = 418;
    res.end(JSON.stringify({ method: req.method, url: req.url, body, type: req.headers['content-type'] ?? null }));
  });
}).listen(0, async () => {
  const client = axios.create({ baseURL: `http://localhost:${server.address().port}`, adapter: 'http' });
  console.log((await client.get('/x', { params: { a: 1, b: [2, 3] } })).data);
  console.log((await client.post('/y', { z: true })).data);
  await client.get('/fail').catch((e) => console.log(e.code, e.response.status, e.message));
  server.close();
});
