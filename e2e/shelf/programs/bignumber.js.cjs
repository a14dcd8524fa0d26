const BigNumber = require('bignumber.js');
console.log(new BigNumber('123456789.987654321').times('1e9').toFormat(2), new BigNumber(255).toString(16), new BigNumber(1).div(7).dp(12).toString(), new BigNumber(NaN).isNaN());
