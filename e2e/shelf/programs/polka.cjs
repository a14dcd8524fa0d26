const polka = require('polka');
const { server } = polka().get('/u/:id', (req, res) => res.end(`${req.params.id} ${req.query.a}`)).listen(0, async () => {
  console.log(await (await fetch(`http://localhost:${server.address().port}/u/5?a=b`)).text());
  server.close();
});
