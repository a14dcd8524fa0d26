// Every path of a few characters, and of a few parts, through the functions of `path`: what they say is folded into a number for each function, so that one
// that is wrong anywhere shows.
'use strict';
const path = require('node:path');
const paths = [''];
for (const alphabet of [['/', '.', 'a'], ['..', '/', 'b.c', './', 'ü']]) {
  let last = [''];
  for (let length = 1; length <= 6; length += 1) {
    last = last.flatMap((text) => alphabet.map((next) => text + next));
    paths.push(...last.filter((_, at) => length < 6 || at % 7 === 0));
  }
}
let hash = 0;
const fold = (text) => {
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  hash = (Math.imul(hash, 31) + 7) | 0;
};
console.log(paths.length, 'paths');
for (const name of ['normalize', 'dirname', 'basename', 'extname', 'isAbsolute']) {
  hash = 0;
  for (const text of paths) fold(String(path[name](text)));
  console.log(name, hash);
}
hash = 0;
for (let at = 0; at < paths.length; at += 1) {
  const other = paths[(at * 7919) % paths.length];
  fold(path.join(paths[at], other));
  fold(path.join(other, 'x', paths[at], 'y'));
  fold(path.resolve('/r/s', paths[at], other));
  fold(path.relative(`/r${paths[at]}`, `/r/${other}`));
}
console.log('of several', hash);
console.log(path.join(), path.join('', ''), path.resolve('/'), path.resolve() === process.cwd(), path.resolve('') === process.cwd(), path.resolve('a') === `${process.cwd()}/a`);
console.log(path.join('a', 'b', 'c', 'd', 'e', '..'), path.resolve('/a', 'b', 'c', 'd', '..', 'e'));
console.log(path.basename('a.html', '.html'), path.basename('/a/b/'), path.join('\ud800', 'x') === '\ud800/x', path.join('a\0b', 'c').length);
for (const name of ['join', 'resolve', 'normalize', 'dirname', 'basename', 'extname', 'isAbsolute']) {
  try {
    console.log(name, path[name].length, path[name].name, path[name]('/x', 5));
  } catch (error) {
    console.log(name, error.code, error.message);
  }
  try {
    path[name](null);
  } catch (error) {
    console.log(name, error.code, error.message);
  }
}
console.log(path.posix.join === path.join, path.win32.join('a', 'b'));
