const Papa = require('papaparse');
console.log(Papa.parse('n,v\na,1\nb,2', { header: true, dynamicTyping: true }).data, Papa.unparse([{ x: 1, y: 'a,b' }]));
