'use strict';
// What programs read in /proc, and what cannot be done there.
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const say = (what, value) => console.log(what.padEnd(12), JSON.stringify(value));
const tried = (what, call) => {
  try {
    say(what, call() ?? 'done');
  } catch (error) {
    say(what, `${error.code} ${error.syscall}`);
  }
};

const words = fs.readFileSync('/proc/self/cmdline', 'utf8').split('\0');
say('cmdline', [path.basename(words[0]), path.basename(words.at(-2)), words.at(-1)]);
say('pid', fs.readlinkSync('/proc/self') === String(process.pid));
say('exe', fs.readlinkSync('/proc/self/exe') === fs.realpathSync(process.execPath));
say('cwd', fs.realpathSync('/proc/self/cwd') === process.cwd());
say('comm', fs.readFileSync(`/proc/${process.pid}/comm`, 'utf8').length > 0);
const environ = Object.fromEntries(fs.readFileSync('/proc/self/environ', 'utf8').split('\0').filter(Boolean).map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
say('environ', environ.PATH === process.env.PATH && Object.keys(environ).every((name) => name in process.env));

const stat = fs.readFileSync('/proc/self/stat', 'utf8');
say('stat', [stat.split(' ')[0] === String(process.pid), stat.slice(stat.lastIndexOf(')') + 2).split(' ').length, stat.split(' ')[3] === String(process.ppid)]);
const status = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').trim().split('\n').map((line) => line.split(':\t')));
say('status', [status.Pid === String(process.pid), status.PPid === String(process.ppid), status.Uid.split('\t')[0] === String(process.getuid()), status.Umask, status.TracerPid]);
say('uptime', /^\d+\.\d\d \d+\.\d\d\n$/.test(fs.readFileSync('/proc/uptime', 'utf8')));
say('loadavg', /^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\/\d+ \d+\n$/.test(fs.readFileSync('/proc/loadavg', 'utf8')));
say('version', fs.readFileSync('/proc/version', 'utf8').startsWith(`Linux version ${require('os').release()} `));
say('meminfo', Math.abs(Number(/^MemTotal:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))[1]) * 1024 - require('os').totalmem()) < 4096);
say('cpuinfo', fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm).length === require('os').cpus().length);
say('mounts', fs.readFileSync('/proc/mounts', 'utf8').includes('proc /proc proc '));

say('kinds', ['/proc', '/proc/self', '/proc/version', '/proc/self/fd'].map((it) => fs.lstatSync(it).mode.toString(8)).map((mode) => mode.slice(0, -3)));
say('sizes', ['/proc/version', '/proc/self/cmdline'].map((it) => fs.statSync(it).size));
say('device', [fs.statSync('/proc').dev === fs.statSync('/').dev, fs.statSync('/proc').dev === fs.statSync('/proc/self/stat').dev, fs.statSync('/proc/..').ino === fs.statSync('/').ino]);
say('exists', ['/proc/self/cmdline', '/proc/self/nothing', '/proc/999999999', '/proc/version/'].map((it) => fs.existsSync(it)));
say('realpath', [fs.realpathSync('/proc/self') === `/proc/${process.pid}`, fs.realpathSync.native('/proc/self/../uptime')]);

const folder = fs.mkdtempSync('/tmp/proc-');
process.chdir(folder);
fs.writeFileSync('f', 'content');
const fd = fs.openSync('f', 'r+');
say('fd', [fs.readlinkSync(`/proc/self/fd/${fd}`) === `${folder}/f`, fs.readdirSync('/proc/self/fd').includes(String(fd))]);
say('anew', [fs.readSync(fd, Buffer.alloc(3)), fs.readFileSync(`/proc/self/fd/${fd}`, 'utf8'), fs.readFileSync(`/dev/fd/${fd}`, 'utf8'), fs.readFileSync(fd, 'utf8')]);
fs.unlinkSync('f');
say('nameless', fs.readFileSync(`/proc/self/fd/${fd}`, 'utf8'));
fs.symlinkSync('/proc/self/cwd', 'here');
fs.writeFileSync('g', 'by the way of /proc');
say('link', fs.readFileSync('here/here/g', 'utf8'));
process.chdir('/proc/self');
say('inside', [process.cwd() === `/proc/${process.pid}`, fs.readFileSync('cmdline', 'utf8') === words.join('\0'), fs.readFileSync('../../etc/hosts', 'utf8').length > 0]);
process.chdir('/');

tried('mkdir', () => fs.mkdirSync('/proc/x'));
tried('mkdir', () => fs.mkdirSync('/proc/self'));
tried('write', () => fs.writeFileSync('/proc/x', ''));
tried('wx', () => fs.writeFileSync('/proc/version', '', { flag: 'wx' }));
tried('symlink', () => fs.symlinkSync('a', '/proc/x'));
tried('unlink', () => fs.unlinkSync('/proc/self/cmdline'));
tried('unlink', () => fs.unlinkSync('/proc/nothing'));
tried('rename', () => fs.renameSync('/proc/version', `${folder}/v`));
tried('rename', () => fs.renameSync(`${folder}/g`, '/proc/g'));
tried('rename', () => fs.renameSync('/proc/self/cmdline', '/proc/self/environ'));
tried('rename', () => fs.renameSync('/proc', '/proc2'));
tried('link', () => fs.linkSync('/proc/version', `${folder}/v`));
tried('rmdir', () => fs.rmdirSync('/proc'));
tried('chmod', () => fs.chmodSync('/proc/self/cmdline', 0o600));
tried('read', () => fs.readFileSync('/proc/self'));
tried('readdir', () => fs.readdirSync('/proc/version'));
tried('readlink', () => fs.readlinkSync('/proc/version'));
tried('stat', () => fs.statSync('/proc/version/x'));
tried('cwd', () => fs.readdirSync('/proc/self/fd/99999'));
tried('nofollow', () => fs.openSync('/proc/self', fs.constants.O_NOFOLLOW));
tried('dir', () => fs.openSync('/proc/self', 'w'));

const child = spawnSync(process.execPath, ['-p', 'fs.readFileSync("/proc/self/cmdline").toString().split("\\0").length + fs.readlinkSync("/proc/self/fd/1").replace(/\\d+/, "n")'], { encoding: 'utf8' });
say('child', [child.stdout.replace(/pipe|socket/, 'either'), child.stderr]);
fs.rmSync(folder, { recursive: true });
fs.createReadStream('/proc/self/status').setEncoding('utf8').once('data', (text) => say('stream', text.split('\t')[0]));
fs.promises.readFile('/proc/self/comm').then((data) => say('promise', data.length > 0));
