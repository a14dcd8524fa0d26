const Big = require('big.js');
console.log(new Big('0.1').plus('0.2').toString(), new Big(2).sqrt().toFixed(30), new Big('1e30').div(3).toFixed(2), new Big(5).cmp(4));
