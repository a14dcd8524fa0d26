const Decimal = require('decimal.js');
Decimal.set({ precision: 40 });
console.log(new Decimal(2).pow(0.5).toString(), Decimal.exp(1).toString(), Decimal.sin(1).toString(), new Decimal('0xff.8').toString(), new Decimal(1).div(3).toFraction(100).toString());
