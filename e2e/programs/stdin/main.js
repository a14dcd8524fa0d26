const readline = require('node:readline');
const lines = readline.createInterface({ input: process.stdin });
let sum = 0;
lines.on('line', (line) => { sum += Number(line); console.log('line', line); });
lines.on('close', () => console.log('sum', sum));
