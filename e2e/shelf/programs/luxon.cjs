const { DateTime, Duration, Interval } = require('luxon');
const d = DateTime.fromISO('2024-03-10T08:00:00', { zone: 'utc' });
console.log(d.plus({ months: 1, days: 2 }).toISO(), d.weekNumber, Duration.fromObject({ hours: 50 }).shiftTo('days', 'hours').toObject(), Interval.fromDateTimes(d, d.plus({ days: 3 })).length('days'));
