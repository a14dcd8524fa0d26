'use strict';
// Two processes append to one file: nothing is lost, no line is torn, and each keeps its order. One of them makes a file exclusively, the other cannot.
const { fs, at, check } = require('./shared/check.cjs');
const { spawn } = require('child_process');
const LINES = 150;
function child(source, ...args) {
  return new Promise((done) => {
    const one = spawn(process.execPath, ['-e', source, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    one.stdout.on('data', (data) => text += data);
    one.on('close', (code) => done([code, text]));
  });
}
const writer = `
  const fs = require('fs');
  const [file, name, lines] = process.argv.slice(1);
  const fd = fs.openSync(file, 'a');
  for (let i = 0; i < +lines; i++) fs.writeSync(fd, name + ' ' + i + ' ' + name.repeat(i % 50) + '\\n');
  fs.closeSync(fd);`;
check('two children and this', async () => {
  const running = [child(writer, at('log'), 'A', String(LINES)), child(writer, at('log'), 'B', String(LINES))];
  const fd = fs.openSync(at('log'), 'a');
  for (let i = 0; i < LINES; i++) { fs.writeSync(fd, `C ${i} ${'C'.repeat(i % 50)}\n`); if (i % 10 === 0) await new Promise(setImmediate); }
  fs.closeSync(fd);
  const codes = (await Promise.all(running)).map(([code]) => code);
  const lines = fs.readFileSync(at('log'), 'utf8').split('\n').slice(0, -1);
  const next = { A: 0, B: 0, C: 0 };
  const whole = lines.every((line) => { const [name, i, rest] = line.split(' '); return Number(i) === next[name]++ && rest === name.repeat(i % 50); });
  return [codes, lines.length, whole, next];
});
check('appendFileSync of both', async () => {
  const source = `const fs = require('fs'); for (let i = 0; i < 60; i++) fs.appendFileSync(process.argv[1], process.argv[2]);`;
  await Promise.all([child(source, at('letters'), 'a'), child(source, at('letters'), 'b')]);
  const text = fs.readFileSync(at('letters'), 'latin1');
  return [text.length, text.replaceAll('a', '').length];
});
check('one gets it', async () => {
  const source = `const fs = require('fs'); let got = 0; for (let i = 0; i < 40; i++) { try { fs.closeSync(fs.openSync(process.argv[1] + i, 'wx')); got++; } catch (e) { if (e.code !== 'EEXIST') throw e; } } console.log(got);`;
  const both = await Promise.all([child(source, at('lock')), child(source, at('lock'))]);
  return both.map(([, text]) => Number(text)).reduce((a, b) => a + b);
});
check('mkdir: one gets it', async () => {
  const source = `const fs = require('fs'); let got = 0; for (let i = 0; i < 40; i++) { try { fs.mkdirSync(process.argv[1] + i); got++; } catch (e) { if (e.code !== 'EEXIST') throw e; } } console.log(got);`;
  const both = await Promise.all([child(source, at('dir')), child(source, at('dir'))]);
  return both.map(([, text]) => Number(text)).reduce((a, b) => a + b);
});
check('a shared description has one place', async () => {
  const fd = fs.openSync(at('shared'), 'w');
  fs.writeSync(fd, 'one ');
  const code = await new Promise((done) => spawn(process.execPath, ['-e', `require('fs').writeSync(1, 'two ')`], { stdio: ['ignore', fd, 'inherit'] }).on('close', done));
  fs.writeSync(fd, 'three');
  fs.closeSync(fd);
  return [code, fs.readFileSync(at('shared'), 'utf8')];
});
check('what one writes the other sees at once', async () => {
  const source = `
    const fs = require('fs'); const [file] = process.argv.slice(1);
    fs.statSync(file); fs.readFileSync(file); try { fs.statSync(file + '.new'); } catch {}
    process.on('SIGUSR2', () => { process.stdout.write(fs.readFileSync(file, 'utf8') + fs.existsSync(file + '.new')); process.exit(); });
    setInterval(() => {}, 1000);
    process.stdout.write('ready\\n');`;
  fs.writeFileSync(at('seen'), 'old');
  const one = spawn(process.execPath, ['-e', source, at('seen')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  one.stdout.on('data', (data) => { text += data; if (text === 'ready\n') { fs.writeFileSync(at('seen'), 'new '); fs.writeFileSync(at('seen.new'), ''); one.kill('SIGUSR2'); } });
  await new Promise((done) => one.on('close', done));
  return text;
});
check('a file that another removed stays open here', async () => {
  fs.writeFileSync(at('gone'), 'still here');
  const fd = fs.openSync(at('gone'));
  await child(`require('fs').unlinkSync(process.argv[1])`, at('gone'));
  const got = [fs.existsSync(at('gone')), fs.readFileSync(fd, 'utf8'), fs.fstatSync(fd).nlink];
  fs.closeSync(fd);
  return got;
});
