'use strict';
// URLPattern, against Node's.
const { URLPattern } = require('node:url');

// Node tells groups in no order.
const sorted = (value) => {
  if (value?.pathname?.groups) value.pathname.groups = Object.fromEntries(Object.entries(value.pathname.groups).sort());
  return value;
};
const attempt = (work) => {
  try {
    console.log(sorted(work()));
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};

const users = new URLPattern({ pathname: '/users/:id(\\d+)/:rest*' });
console.log(users, users.pathname, users.hostname, users.hasRegExpGroups, globalThis.URLPattern === URLPattern);
for (const url of ['https://a.example/users/12', 'https://a.example/users/12/x/y', 'https://a.example/users/x', new URL('https://b.example/users/3?q#h')]) {
  attempt(() => users.test(url));
  attempt(() => users.exec(url));
}
attempt(() => users.exec({ pathname: '/users/9' }));
attempt(() => users.exec('/users/9', 'https://c.example'));
attempt(() => users.test({ pathname: '/users/9' }, 'https://c.example'));
const whole = new URLPattern('http{s}?://*.example:8080/:a?*', { ignoreCase: true });
attempt(() => [whole.protocol, whole.hostname, whole.port, whole.pathname, whole.search, whole.hash, whole.username, whole.password]);
attempt(() => whole.exec('http://x.EXAMPLE:8080/A').hostname);
attempt(() => new URLPattern('/a/*', 'https://d.example').exec('https://d.example/a/b').pathname);
for (const work of [
  () => new URLPattern('/x'), () => new URLPattern('('), () => new URLPattern({ pathname: '/(' }), () => URLPattern(), () => new URLPattern(1), () => new URLPattern({}, 1),
  () => new URLPattern({}, '', 1), () => new URLPattern({}, { ignoreCase: 1 }), () => users.exec(1), () => users.test('', 1), () => users.test.call({}, ''),
  () => new URLPattern().test('https://anything.example/'),
]) attempt(work);
