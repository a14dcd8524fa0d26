const chalk = require('chalk');
const c = new chalk.Instance({ level: 3 });
console.log(JSON.stringify([c.red.bold('x'), c.hex('#123456')('y'), c.bgBlue`a ${1}`, c.green(`a ${c.red('b')} c`)]));
