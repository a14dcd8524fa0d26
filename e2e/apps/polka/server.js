const polka = require('polka');
const sirv = require('sirv');
polka()
  .use(sirv(require('node:path').join(__dirname, 'public')))
  .get('/', (req, res) => {
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ framework: 'polka', path: req.url }));
  })
  .listen(3000);
