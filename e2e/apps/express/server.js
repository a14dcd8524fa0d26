// Every way of talking to a browser that the preview tests try, in one unmodified Express app.
const crypto = require('node:crypto');
const path = require('node:path');
const express = require('express');
const cookieParser = require('cookie-parser');

const app = express();
const port = Number(process.env.PORT ?? 3000);
const aborted = [];

app.use(cookieParser());
app.use('/static', express.static(path.join(__dirname, 'public')));
app.get('/', (req, res) => res.type('html').send('<!doctype html><html><head><title>Home</title></head><body><h1>Home</h1><a id="about" href="/about">About</a> <a id="relative" href="deep/page">Deep</a><img src="/static/dot.svg" alt="dot"></body></html>'));
app.get('/about', (req, res) => res.type('html').send(`<title>About</title><h1>About</h1><p id="url">${req.originalUrl}</p>`));
app.get('/deep/page', (req, res) => res.type('html').send('<title>Deep</title><link rel="stylesheet" href="../static/style.css"><h1>Deep</h1>'));
app.get('/hello', (req, res) => res.send('Hello from Express'));
app.get('/headers', (req, res) => res.json(req.headers));
app.get('/form', (req, res) => res.type('html').send('<title>Form</title><form method="post" action="/form"><input name="name" value="Ada &amp; Bob"><button id="send">Send</button></form>'));
app.post('/form', express.urlencoded({ extended: true }), (req, res) => res.redirect(303, `/thanks?name=${encodeURIComponent(req.body.name)}`));
app.get('/thanks', (req, res) => res.type('html').send(`<title>Thanks</title><h1 id="name">${req.query.name.replace(/&/g, '&amp;')}</h1>`));
app.get('/redirect', (req, res) => res.redirect('/hello'));
app.get('/redirect-absolute', (req, res) => res.redirect(`http://localhost:${port}/hello`));
app.get('/cookie', (req, res) => res.cookie('visits', String(Number(req.cookies.visits ?? 0) + 1)).cookie('secret', 'x', { httpOnly: true }).json(req.cookies));
app.get('/cookie-page', (req, res) => res.type('html').send('<title>Cookie</title><script>document.title = "jar:" + document.cookie</script>'));
app.post('/json', express.json(), (req, res) => res.json({ got: req.body }));
app.post('/upload', (req, res) => {
  const hash = crypto.createHash('sha256');
  let bytes = 0;
  req.on('data', (piece) => {
    bytes += piece.length;
    hash.update(piece);
  });
  req.on('end', () => res.json({ bytes, sha256: hash.digest('hex') }));
});
app.get('/stream', (req, res) => {
  let count = 0;
  const timer = setInterval(() => {
    res.write(`chunk ${count}\n`);
    if (++count === 5) {
      clearInterval(timer);
      res.end();
    }
  }, 40);
});
app.get('/events', (req, res) => {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  let count = 0;
  const timer = setInterval(() => res.write(`id: ${count}\ndata: tick ${count++}\n\n`), 30);
  req.on('close', () => {
    clearInterval(timer);
    aborted.push('events');
  });
});
app.get('/endless', (req, res) => {
  const timer = setInterval(() => res.write('x'.repeat(1024)), 10);
  res.on('close', () => {
    clearInterval(timer);
    aborted.push('endless');
  });
});
app.get('/aborted', (req, res) => res.json(aborted));
app.get('/big', (req, res) => res.type('application/octet-stream').send(Buffer.alloc(4 << 20, 'porthole')));
app.get('/no-content', (req, res) => res.status(204).end());
app.get('/error', () => {
  throw new Error('on purpose');
});
app.get('/range', (req, res) => res.sendFile(path.join(__dirname, 'public/numbers.txt')));

app.listen(port, () => console.log(`listening on ${port}`));
