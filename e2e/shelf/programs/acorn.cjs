const acorn = require('acorn');
const tree = acorn.parse('const a = async (x) => { for await (const y of x) yield_(y ?? 1); };', { ecmaVersion: 2022 });
console.log(JSON.stringify(tree).length, tree.body[0].declarations[0].init.type);
try { acorn.parse('let = ;', { ecmaVersion: 2020 }); } catch (e) { console.log(e.message, e.pos); }
console.log([...acorn.tokenizer('a + b*2', { ecmaVersion: 2020 })].map((t) => t.type.label).join(' '));
