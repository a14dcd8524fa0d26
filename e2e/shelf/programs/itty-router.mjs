import { AutoRouter, error, json } from 'itty-router';
const router = AutoRouter();
router.get('/todo/:id', ({ id }) => ({ id })).all('*', () => error(404));
for (const path of ['/todo/1', '/none']) {
  const res = await router.fetch(new Request(`http://x${path}`));
  console.log(res.status, await res.json());
}
console.log(await json({ a: 1 }).text());
