const a = require('./a');
console.log('cycle sees', a);
module.exports = function b() {};
