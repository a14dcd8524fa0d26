import yargs from 'yargs';
const parser = yargs().scriptName('tool').command('add <a> [b]', 'adds', (y) => y.positional('a', { type: 'number' }).option('v', { alias: 'verbose', type: 'boolean' }), (argv) => console.log('ran', argv.a, argv.b, argv.v)).strict().exitProcess(false);
await parser.parse(['add', '5', 'x', '-v']);
console.log(await parser.getHelp());
