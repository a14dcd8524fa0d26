const shell = require('shelljs');
shell.config.silent = true;
const dir = shell.tempdir() + '/shelf-sh'; shell.rm('-rf', dir); shell.mkdir('-p', dir + '/a'); shell.ShellString('one\ntwo\n').to(dir + '/f.txt');
console.log(shell.ls(dir).slice(), shell.grep('two', dir + '/f.txt').stdout, shell.cat(dir + '/f.txt').sed('one', 'ONE').stdout, shell.test('-d', dir + '/a'));
shell.rm('-rf', dir);
