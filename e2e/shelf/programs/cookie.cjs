const cookie = require('cookie');
const { parse, serialize } = cookie.parse ? cookie : { parse: cookie.parseCookie, serialize: (n, v, o) => cookie.stringifySetCookie({ name: n, value: v, ...o }) };
console.log({ ...parse('a=1; b=%20x; c="q"') }, serialize('n', 'v w', { httpOnly: true, maxAge: 60, path: '/', sameSite: 'lax' }));
