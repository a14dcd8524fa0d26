const Koa = require('koa');
const app = new Koa();
app.use(async (ctx) => { ctx.body = { framework: 'koa', path: ctx.path }; });
app.listen(3000);
