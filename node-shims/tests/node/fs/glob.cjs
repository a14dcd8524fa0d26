'use strict';
// `glob` in its three manners.
const { fs, at, check, put } = require('./shared/check.cjs');
for (const name of ['a.js', 'b.ts', '.hidden.js', 'src/c.js', 'src/d.test.js', 'src/deep/e.js', 'src/deep/.f.js', 'lib/g.mjs', 'lib/h[1].js', 'ü/i.js']) put(`r/${name}`);
fs.mkdirSync(at('r/empty')); fs.symlinkSync('src', at('r/link')); fs.symlinkSync('a.js', at('r/flink'));
const cwd = at('r');
const sync = (pattern, options) => fs.globSync(pattern, { cwd, ...options }).map((one) => typeof one === 'string' ? one : `${one.name}:${one.isDirectory() ? 'd' : one.isSymbolicLink() ? 'l' : 'f'}`).sort();
for (const pattern of ['*', '*.js', '**', '**/*.js', '**/', '*/', 'src/**', 'src/**/*.js', '{a,b}.*', '[ab].*', '[!a].*', '?.js', 'src/*/e.js', '!(a).js', '+(a|b).*', '@(a|c).js', '**/deep', '**/deep/**', 'none/**', './*.js', '../r/*.js', 'lib/h\\[1\\].js', '.*', '**/.*', 'link/*', '**/{c,e}.js', '*.{js,ts}', 'src/../a.js', '']) {
  check(`glob ${pattern}`, () => sync(pattern));
}
check('two patterns', () => sync(['*.js', '*.ts']));
check('the same twice', () => sync(['*.js', 'a.js']));
check('exclude by function', () => sync('**/*.js', { exclude: (name) => name === 'deep' }));
check('exclude by pattern', () => sync('**/*.js', { exclude: ['src/**'] }));
check('with kinds', () => sync('*', { withFileTypes: true }));
check('absolute', () => fs.globSync(at('r/*.js')));
check('cwd as url', () => fs.globSync('*.ts', { cwd: new URL('file://' + cwd) }));
check('cwd missing', () => fs.globSync('*', { cwd: at('none') }));
check('callback', () => new Promise((done) => fs.glob('*.js', { cwd }, (error, found) => done([error, found]))));
check('promise', async () => { const found = []; for await (const one of fs.promises.glob('src/**/*.js', { cwd })) found.push(one); return found.sort(); });
check('wrong pattern', () => fs.globSync(7));
check('wrong exclude', () => fs.globSync('*', { exclude: 7 }));
check('matchesGlob', () => [require('path').matchesGlob('/a/b.js', '/a/*.js'), require('path').matchesGlob('a/b/c', 'a/**'), require('path').matchesGlob('a', 'b')]);
