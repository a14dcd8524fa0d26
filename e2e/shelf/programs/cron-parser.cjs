const { parseExpression } = require('cron-parser');
const it = parseExpression('*/15 9-17 * * 1-5', { currentDate: new Date('2024-01-05T17:20:00Z'), tz: 'UTC' });
console.log(it.next().toISOString(), it.next().toISOString(), it.next().toISOString());
