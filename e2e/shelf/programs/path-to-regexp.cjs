const { match, compile, parse } = require('path-to-regexp');
console.log(match('/user/:id{/:action}')('/user/5/edit'));
console.log(compile('/a/:b/*rest')({ b: 'x', rest: ['1', '2'] }));
console.log(parse('/:foo/bar').tokens);
