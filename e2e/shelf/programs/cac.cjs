const { cac } = require('cac');
const cli = cac('tool');
cli.command('build [entry]', 'builds').option('--out <dir>', 'where', { default: 'dist' }).action((entry, options) => console.log(entry, options.out, options['--']));
cli.parse(['node', 'tool', 'build', 'src', '--out', 'o', '--', 'x']);
