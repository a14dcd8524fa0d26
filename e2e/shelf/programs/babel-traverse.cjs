const { parse } = require('@babel/parser');
const traverse = require('@babel/traverse').default;
const generate = require('@babel/generator').default;
const ast = parse('function square(n) { return n * n; }');
traverse(ast, { Identifier(path) { if (path.node.name === 'n') path.node.name = 'x'; } });
console.log(generate(ast).code);
