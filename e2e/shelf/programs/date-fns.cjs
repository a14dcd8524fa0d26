const { addMonths, differenceInDays, parseISO, formatISO, isWeekend, eachDayOfInterval, startOfISOWeek } = require('date-fns');
const d = parseISO('2024-01-31T12:00:00Z');
console.log(addMonths(d, 1).getTime(), differenceInDays(parseISO('2024-03-01T00:00:00Z'), d), isWeekend(new Date(2024, 5, 1)), eachDayOfInterval({ start: new Date(2024, 0, 1), end: new Date(2024, 0, 4) }).length, formatISO(startOfISOWeek(new Date(2024, 0, 3)), { representation: 'date' }));
