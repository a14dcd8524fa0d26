const express = require('express'); const cors = require('cors'); const helmet = require('helmet'); const compression = require('compression'); const session = require('express-session'); const multer = require('multer'); const morgan = require('morgan');
const app = express();
const log = [];
app.use(morgan(':method :url :status', { stream: { write: (l) => log.push(l.trim()) } }), cors({ origin: 'http://x' }), helmet(), compression({ threshold: 0 }), session({ secret: 's', resave: false, saveUninitialized: true }));
app.get('/n', (req, res) => { req.session.n = (req.session.n ?? 0) + 1; res.send(`n${req.session.n}`.repeat(50)); });
app.post('/f', multer().single('f'), (req, res) => res.json({ name: req.file.originalname, size: req.file.size, field: req.body.a }));
const server = app.listen(0, async () => {
  const base = `http://localhost:${server.address().port}`;
  const one = await fetch(`${base}/n`);
  const two = await fetch(`${base}/n`, { headers: { cookie: one.headers.get('set-cookie').split(';')[0] } });
  console.log(one.headers.get('access-control-allow-origin'), one.headers.get('x-dns-prefetch-control'), one.headers.get('content-encoding'), (await two.text()).slice(0, 4));
  const form = new FormData(); form.append('a', 'b'); form.append('f', new Blob(['12345']), 'x.bin');
  console.log(await (await fetch(`${base}/f`, { method: 'POST', body: form })).json(), log);
  server.close();
});
