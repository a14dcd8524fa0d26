const { minimatch, Minimatch } = require('minimatch');
console.log(minimatch('a/b/c.js', '**/*.js'), minimatch('a.txt', '!(*.js)'), minimatch('x1', 'x[0-9]'), new Minimatch('{a,b}/**').match('b/c'));
