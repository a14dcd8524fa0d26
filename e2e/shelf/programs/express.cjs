const express = require('express');
const app = express();
app.use(express.json());
app.get('/hello/:name', (req, res) => res.json({ hello: req.params.name, q: req.query }));
app.post('/sum', (req, res) => res.send(String(req.body.numbers.reduce((a, b) => a + b, 0))));
app.use((error, req, res, next) => res.status(500).send(error.message));
const server = app.listen(0, async () => {
  const base = `http://localhost:${server.address().port}`;
  console.log(await (await fetch(`${base}/hello/world?a=1&b=2`)).json());
  const post = (body) => fetch(`${base}/sum`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  console.log(await (await post('{"numbers":[1,2,3]}')).text());
  const bad = await post('{');
  console.log(bad.status);
  console.log((await fetch(`${base}/none`)).status);
  server.close();
});
