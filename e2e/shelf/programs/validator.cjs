const validator = require('validator');
console.log(validator.isEmail('a@b.com'), validator.isURL('http://x'), validator.isIP('::1', 6), validator.isCreditCard('4111111111111111'), validator.escape('<a>&'), validator.normalizeEmail('Te.St+x@gmail.com'), validator.isISO8601('2020-02-30', { strict: true }));
