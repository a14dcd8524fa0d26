const { Linter } = require('eslint');
const linter = new Linter();
console.log(linter.verify('var a = 1; if (a == 2) { debugger }', [{ rules: { eqeqeq: 'error', 'no-debugger': 'warn', 'no-var': 'error', 'prefer-const': 'error' } }]).map((m) => [m.ruleId, m.line, m.column, m.message]));
console.log(linter.verifyAndFix('var a = 1;', [{ rules: { 'no-var': 'error' } }]).output);
