import prettier from 'prettier';
console.log(await prettier.format('const a={b:1,c:[1,2,3]};function f(x){if(x)return x;else{return  "y"}}', { parser: 'babel' }));
console.log(await prettier.format('a{color:red;b{c:d}}', { parser: 'scss' }), await prettier.format('# x\n* a\n* b', { parser: 'markdown' }));
