const { Eta } = require('eta');
console.log(new Eta().renderString('<% it.l.forEach((x) => { %><%= x %>;<% }) %><%~ "<b>" %>', { l: ['a', '<'] }));
