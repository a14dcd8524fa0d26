const ms = require('ms');
console.log(ms('2.5 hrs'), ms('1y'), ms(60000), ms(2 * 86400000, { long: true }), ms('-3 min'));
