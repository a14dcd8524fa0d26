const sum = (...numbers: number[]): number => numbers.reduce((all, each) => all + each, 0);
module.exports = { sum };
if (require.main === module) console.log(sum(4, 5), __filename.endsWith('.cts'));
