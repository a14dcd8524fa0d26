// What V8 says of programs that are none.
const vm = require('vm');
const programs = [
  'var foo bar;', 'foo(1 2)', 'foo(1', 'foo(a; b)', 'a b', 'let 5', '"abc', '`abc', 'class', 'class A { x y }', 'function', 'function (', 'function f(', 'var 1', 'a.', 'a.5',
  'let let = 1', 'return', 'break', 'continue', 'await x', 'export', 'import.meta', 'super()', 'new.target', 'do x while', 'try {}', 'throw\nx', 'x++ ++', '1++', 'a = b = 1 = 2',
  '#a in b; a.#b', 'a?.b = 1', '/a', '1..', '0x', '08n', '1a', 'let a; let a', 'const a', 'const b = 1; var b', '({__proto__: 1, __proto__: 2})', 'async () => { for await (x in y) ; }', 'var a, ;', 'x y z',
  'enum', 'debugger x', 'class A { constructor(){} constructor(){} }', 'a "b"', 'a 5', 'a `b` c', 'f(a, b c)', 'for (var i = 0 i < 5)', 'x => { } y', '`${a`', '`${a b}`', '@x', 'if (1) let x',
];
for (const program of programs) {
  try {
    new vm.Script(program, { filename: 'program.js' });
    console.log(program, 'compiles');
  } catch (error) {
    console.log(`${program}: ${error.name}: ${error.message}`);
  }
}
