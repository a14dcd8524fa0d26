const mm = require('micromatch');
console.log(mm(['a.js', 'b.md', 'c/d.js'], ['*.js', '!b*']), mm.isMatch('foo.bar', 'foo.+(bar|baz)'), mm.capture('test/*.js', 'test/x.js'), mm.braces('{1..3}', { expand: true }));
