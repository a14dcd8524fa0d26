const path = require('node:path');
const express = require('express');

const app = express();
const notes = ['Edit server.js and press Run', 'Nothing leaves this tab'];

app.use(express.static(path.join(__dirname, 'public')));
app.use(express.urlencoded({ extended: false }));
app.use(express.json());

app.get('/api/notes', (req, res) => res.json({ notes, pid: process.pid, node: process.version }));

app.post('/notes', (req, res) => {
  const text = String(req.body.text ?? '').trim();
  if (text) notes.push(text.slice(0, 200));
  res.redirect('/');
});

app.get('/clock', (req, res) => {
  res.set('Content-Type', 'text/event-stream');
  const tick = () => res.write(`data: ${new Date().toISOString()}\n\n`);
  tick();
  const timer = setInterval(tick, 1000);
  req.on('close', () => clearInterval(timer));
});

app.listen(3000, () => console.log('Listening on http://localhost:3000'));
