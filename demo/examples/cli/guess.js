// Reads stdin line by line: type in the terminal.
const readline = require('node:readline');

const secret = 1 + Math.floor(Math.random() * 100);
const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
let tries = 0;

console.log('I think of a number from 1 to 100.');
lines.setPrompt('Your guess: ');
lines.prompt();
lines.on('line', (line) => {
  const guess = Number(line);
  tries += 1;
  if (!Number.isInteger(guess)) console.log('A whole number, please.');
  else if (guess < secret) console.log('Larger.');
  else if (guess > secret) console.log('Smaller.');
  else {
    console.log(`Yes! ${tries} ${tries === 1 ? 'try' : 'tries'}.`);
    lines.close();
    return;
  }
  lines.prompt();
});
