const [mode] = process.argv.slice(2);
if (mode === 'fail') {
  process.stdin.on('data', (d) => process.stdout.write(`got ${d}`)).on('end', () => { process.stderr.write('failing'); process.exitCode = 7; });
} else if (mode === 'echo') {
  process.stdout.write(`${process.env.GREETING}: `);
  process.stdin.pipe(process.stdout);
} else {
  process.on('message', (message) => (message === 'stop' ? process.disconnect() : process.send({ answer: message.question * 7, connected: process.connected })));
}
