const _ = require('underscore');
console.log(_.chain([3, 1, 2]).sortBy().map((x) => x * 2).value(), _.countBy('hello'.split('')), _.partition([1, 2, 3], (x) => x % 2), _.template('<% _.each(l, (x) => { %><%- x %>,<% }) %>')({ l: ['<', 2] }));
