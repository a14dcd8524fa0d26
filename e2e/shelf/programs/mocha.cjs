const Mocha = require('mocha');
const mocha = new Mocha({ reporter: 'json', reporterOptions: { output: undefined } });
const suite = Mocha.Suite.create(mocha.suite, 'S');
suite.addTest(new Mocha.Test('passes', () => {}));
suite.addTest(new Mocha.Test('fails', async () => { throw new Error('no'); }));
suite.addTest(new Mocha.Test('pending'));
const write = process.stdout.write;
process.stdout.write = () => true;
mocha.run((failures) => { process.stdout.write = write; console.log('failures', failures, mocha.suite.suites[0].tests.map((t) => t.state)); });
