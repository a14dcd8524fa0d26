const Table = require('cli-table3');
const table = new Table({ head: ['a', 'b'], style: { head: [], border: [] } });
table.push(['1', 'two'], [{ colSpan: 2, content: 'wide' }]);
console.log(table.toString());
