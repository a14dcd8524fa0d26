exports.name = 'a';
const b = require('./b');
exports.b = b;
