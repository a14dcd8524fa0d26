const ts = require('typescript');
console.log(ts.version.length > 0, ts.transpileModule('enum E { A, B = 5 } let x: E = E.A; export const f = <T,>(a: T): T => a;', { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2020 } }).outputText);
const file = ts.createSourceFile('a.ts', 'interface A { b: string }', ts.ScriptTarget.Latest);
console.log(ts.SyntaxKind[file.statements[0].kind]);
