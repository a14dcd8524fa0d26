const vm = require('vm');
console.log(vm.runInThisContext('1 + 1'), vm.runInNewContext('a + b', { a: 1, b: 2 }));
const sandbox = { count: 1, list: [] };
vm.createContext(sandbox);
vm.runInContext('count++; var made = "here"; list.push(typeof console); implicit = 5; function f() { return count }', sandbox);
console.log(sandbox.count, sandbox.made, sandbox.list, sandbox.implicit, sandbox.f(), vm.isContext(sandbox), vm.isContext({}));
console.log(vm.runInContext('made + count', sandbox), vm.runInContext('[] instanceof Array', sandbox), vm.runInNewContext('[]') instanceof Array);
try { new vm.Script('let x = ;', { filename: 'bad.js' }); } catch (error) { console.log(error.name); }
try { vm.runInNewContext('throw new TypeError("inside")'); } catch (error) { console.log(error.name, error.message, error instanceof TypeError); }
console.log(vm.compileFunction('return a * b', ['a', 'b'])(6, 7));
// Lines and columns of a script's places, wherever its first line is said to be.
for (const lineOffset of [0, 1, 2, 7]) {
  try {
    new vm.Script("x.y.z", { filename: 'placed.js', lineOffset }).runInThisContext();
  } catch (error) {
    console.log(lineOffset, /placed\.js:\d+:\d+/.exec(error.stack)[0]);
  }
}
