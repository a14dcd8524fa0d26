const Koa = require('koa');
const app = new Koa();
app.use(async (ctx, next) => { await next(); ctx.set('x-after', 'yes'); });
app.use((ctx) => { ctx.body = { method: ctx.method, path: ctx.path, query: ctx.query }; });
const server = app.listen(0, async () => {
  const res = await fetch(`http://localhost:${server.address().port}/a/b?c=d`);
  console.log(res.status, res.headers.get('x-after'), await res.json());
  server.close();
});
