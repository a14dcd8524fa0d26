const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/utc'));
dayjs.extend(require('dayjs/plugin/relativeTime'));
const d = dayjs.utc('2024-01-31T00:00:00Z');
console.log(d.add(1, 'month').format('YYYY-MM-DD'), d.diff(dayjs.utc('2023-01-31'), 'day'), d.from(dayjs.utc('2024-02-03')));
