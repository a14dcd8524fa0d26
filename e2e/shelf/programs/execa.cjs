const execa = require('execa');
(async () => {
  console.log((await execa('echo', ['hello', 'there'])).stdout, execa.sync('node', ['-p', '1+1']).stdout);
  await execa('node', ['-e', 'console.error("oops"); process.exit(3)']).catch((e) => console.log(e.exitCode, e.stderr));
  console.log((await execa('cat', { input: 'piped' })).stdout);
})();
