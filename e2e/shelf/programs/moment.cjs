const moment = require('moment');
const m = moment.utc('2024-02-29T12:34:56Z');
console.log(m.format('dddd, MMMM Do YYYY, h:mm:ss a'), m.clone().add(1, 'year').toISOString(), moment.duration(90061, 's').humanize(), m.isLeapYear(), moment.utc('31/12/2020', 'DD/MM/YYYY').week());
