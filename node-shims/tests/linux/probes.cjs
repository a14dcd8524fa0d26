// What a file system does, a line a probe: `key: what was seen`. The same under real Node on Linux and in a container; `compat/files.rs` says which lines
// differ and why, and `native/tests/linux.rs` holds it to that.
'use strict';
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = fs.constants;
const top = fs.mkdtempSync('/tmp/linux-');
let place = top;
const at = (...names) => path.join(place, ...names);
const put = (name, data = '') => {
  fs.writeFileSync(at(name), data);
  return at(name);
};
/** What an attempt comes to: its value, or its error's name. */
const tried = (attempt) => {
  try {
    return attempt() ?? 'done';
  } catch (error) {
    return error.code;
  }
};
const mode = (name) => (fs.lstatSync(at(name)).mode & 0o7777).toString(8);

const probes = {
  'name-length': () => [255, 256].map((length) => tried(() => fs.mkdirSync(at('n'.repeat(length))))),
  'path-length': () => [4000, 4100].map((length) => tried(() => fs.statSync(`/${'./'.repeat(length / 2)}tmp`).isDirectory())),
  'name-bytes': () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${place}/`), Buffer.from([0xff, 0x0a, 0x20])]), '');
    return fs.readdirSync(place, 'buffer').map((name) => name.toString('hex'));
  },
  'name-case': () => [put('Name'), put('name')] && fs.readdirSync(place).length,
  umask: () => {
    const old = process.umask(0o027);
    put('file');
    fs.mkdirSync(at('folder'), 0o777);
    process.umask(old);
    return [mode('file'), mode('folder')];
  },
  'special-bits': () => {
    put('file');
    fs.mkdirSync(at('folder'));
    fs.chmodSync(at('file'), 0o6755);
    fs.chmodSync(at('folder'), 0o3777);
    const before = mode('file');
    fs.appendFileSync(at('file'), 'x');
    return [before, mode('file'), mode('folder')];
  },
  permission: () => {
    fs.chmodSync(put('file', 'x'), 0);
    fs.mkdirSync(at('folder'));
    put('folder/inner');
    fs.chmodSync(at('folder'), 0o400);
    const seen = [() => fs.readFileSync(at('file')), () => fs.readdirSync(at('folder')).length, () => fs.statSync(at('folder/inner')), () => fs.writeFileSync(at('folder/new'), '')].map(tried);
    fs.chmodSync(at('folder'), 0o700);
    return seen;
  },
  sticky: () => tried(() => fs.unlinkSync('/etc/passwd')),
  owner: () => {
    const file = put('file');
    return [tried(() => fs.chownSync(file, process.getuid(), process.getgid())), tried(() => fs.chownSync(file, 0, 0)), fs.statSync(file).uid === process.getuid()];
  },
  'times-set': () => {
    const file = put('file');
    fs.utimesSync(file, 1.25, -3.5);
    fs.lutimesSync(file, new Date(1000), 2.000001);
    const { atimeNs, mtimeNs } = fs.statSync(file, { bigint: true });
    return [String(atimeNs), String(mtimeNs)];
  },
  'times-step': () => {
    for (let turn = 0; turn < 20; turn += 1) {
      put('file', String(turn));
      if (fs.statSync(at('file'), { bigint: true }).mtimeNs % 1_000_000n !== 0n) return 'finer than a millisecond';
    }
    return 'milliseconds';
  },
  'times-change': () => {
    const file = put('file', 'x');
    const past = () => fs.utimesSync(file, 5, 5);
    const changed = (what) => {
      past();
      what();
      return fs.statSync(file).mtimeMs !== 5000;
    };
    return [() => fs.appendFileSync(file, 'y'), () => fs.truncateSync(file, 1), () => fs.truncateSync(file, 1), () => fs.chmodSync(file, 0o600), () => fs.renameSync(file, file), () => fs.writeFileSync(file, '')].map(changed);
  },
  'times-read': () => {
    const file = put('file', 'x');
    fs.utimesSync(file, 5, 5);
    fs.closeSync(fs.openSync(file));
    const fd = fs.openSync(file);
    fs.readSync(fd, Buffer.alloc(1));
    fs.closeSync(fd);
    return fs.statSync(file).atimeMs === 5000 ? 'as it was' : 'noted';
  },
  'hard-links': () => {
    const file = put('file', 'x');
    fs.linkSync(file, at('twin'));
    fs.mkdirSync(at('folder'));
    const seen = [fs.statSync(file).nlink, fs.statSync(at('twin')).ino === fs.statSync(file).ino, tried(() => fs.linkSync(at('folder'), at('other'))), tried(() => fs.linkSync(file, at('twin')))];
    fs.unlinkSync(file);
    return [...seen, fs.statSync(at('twin')).nlink];
  },
  'directory-links': () => {
    fs.mkdirSync(at('a/b'), { recursive: true });
    fs.mkdirSync(at('a/c'));
    return fs.statSync(at('a')).nlink;
  },
  'symbolic-links': () => {
    fs.symlinkSync('loop', at('loop'));
    fs.symlinkSync('nowhere', at('dangling'));
    for (let link = 0; link < 41; link += 1) fs.symlinkSync(link === 0 ? '.' : `chain${link - 1}`, at(`chain${link}`));
    return [
      tried(() => fs.statSync(at('loop'))),
      tried(() => fs.statSync(at('dangling'))),
      tried(() => fs.statSync(at('chain39')).isDirectory()),
      tried(() => fs.statSync(at('chain40')).isDirectory()),
      mode('loop'),
      fs.lstatSync(at('loop')).size,
      tried(() => fs.writeFileSync(at('dangling'), 'x')) && fs.existsSync(at('nowhere')),
    ];
  },
  rename: () => {
    put('file', 'x');
    fs.mkdirSync(at('full/inner'), { recursive: true });
    fs.mkdirSync(at('empty'));
    fs.linkSync(at('file'), at('twin'));
    return [
      tried(() => fs.renameSync(at('file'), at('empty'))),
      tried(() => fs.renameSync(at('empty'), at('file'))),
      tried(() => fs.renameSync(at('empty'), at('full'))),
      tried(() => fs.renameSync(at('full'), at('full/inner/deeper'))),
      tried(() => fs.renameSync(at('file'), at('twin'))),
      fs.readdirSync(place).join(),
      tried(() => fs.renameSync(at('full'), at('empty'))),
      tried(() => fs.renameSync(at('file'), at('none/file'))),
    ];
  },
  'rename-across': () => tried(() => fs.renameSync(put('file'), '/proc/file')),
  'remove-kinds': () => {
    put('file');
    fs.mkdirSync(at('full/inner'), { recursive: true });
    return [() => fs.unlinkSync(at('full')), () => fs.rmdirSync(at('file')), () => fs.rmdirSync(at('full')), () => fs.rmdirSync(at('full/.')), () => fs.unlinkSync(at('file/'))].map(tried);
  },
  'remove-open': () => {
    const file = put('file', 'kept');
    const fd = fs.openSync(file, 'r+');
    fs.unlinkSync(file);
    fs.writeSync(fd, 'K', 0);
    const buffer = Buffer.alloc(9);
    const seen = [fs.readSync(fd, buffer, 0, 9, 0), buffer.toString('utf8', 0, 4), fs.fstatSync(fd).nlink];
    fs.closeSync(fd);
    return seen;
  },
  'read-while-removing': () => {
    for (let file = 0; file < 100; file += 1) put(`f${file}`);
    const dir = fs.opendirSync(place, { bufferSize: 8 });
    const seen = new Set();
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      seen.add(entry.name);
      fs.unlinkSync(at(entry.name));
    }
    dir.closeSync();
    return [seen.size, fs.readdirSync(place).length];
  },
  'open-flags': () => {
    put('file', 'x');
    fs.symlinkSync('file', at('link'));
    const opened = (name, flags) => tried(() => fs.closeSync(fs.openSync(at(name), flags)));
    return [
      opened('file', O_WRONLY | O_CREAT | O_EXCL),
      opened('link', O_WRONLY | O_CREAT | O_EXCL),
      opened('link', O_RDONLY | O_NOFOLLOW),
      opened('file', O_RDONLY | O_DIRECTORY),
      opened('.', O_WRONLY),
      opened('new/', O_WRONLY | O_CREAT),
      opened('file', O_RDONLY | O_TRUNC),
      fs.statSync(at('file')).size,
    ];
  },
  append: () => {
    const [one, two] = [fs.openSync(at('file'), 'a+'), fs.openSync(at('file'), O_WRONLY | O_APPEND)];
    fs.writeSync(one, 'a');
    fs.writeSync(two, 'b');
    fs.writeSync(one, 'c', 0);
    fs.closeSync(one);
    fs.closeSync(two);
    return fs.readFileSync(at('file'), 'latin1');
  },
  sparse: () => {
    const fd = fs.openSync(at('file'), 'w+');
    fs.writeSync(fd, 'x', 5_000_000);
    const { size, blocks } = fs.fstatSync(fd);
    const hole = Buffer.alloc(4, 'y');
    fs.readSync(fd, hole, 0, 4, 1000);
    fs.ftruncateSync(fd, 100_000_000);
    const after = fs.fstatSync(fd);
    fs.closeSync(fd);
    return [size, blocks * 512 < 200_000, hole.toString('hex'), after.size, after.blocks * 512 < 200_000];
  },
  'longest-file': () => [2 ** 40, 2 ** 62].map((length) => tried(() => fs.truncateSync(put('file'), length))),
  'truncate-odd': () => [() => fs.truncateSync(at('none'), 1), () => fs.truncateSync(place, 1), () => fs.ftruncateSync(fs.openSync(put('file'), 'r'), 1)].map(tried),
  fsync: () => {
    const fd = fs.openSync(place, 'r');
    const seen = [tried(() => fs.fsyncSync(fd)), tried(() => fs.fdatasyncSync(fd))];
    fs.closeSync(fd);
    return [...seen, tried(() => fs.fsyncSync(fs.openSync('/dev/null', 'w')))];
  },
  'copy-by-reference': () => tried(() => fs.copyFileSync(put('file', 'x'), at('copy'), fs.constants.COPYFILE_FICLONE_FORCE)),
  'inode-numbers': () => {
    const ino = fs.statSync(put('file')).ino;
    fs.renameSync(at('file'), at('moved'));
    return [fs.statSync(at('moved')).ino === ino, fs.statSync(put('file')).ino === ino];
  },
  'directory-size': () => fs.statSync(place).size,
  statfs: () => {
    const { type, bsize, blocks, bfree, bavail, files, ffree } = fs.statfsSync(place);
    return [`0x${type.toString(16)}`, bsize, blocks >= bfree && bfree >= bavail && bavail > 0, files >= ffree];
  },
  'slash-behind': () => {
    put('file');
    return [() => fs.statSync(at('file') + '/'), () => fs.mkdirSync(at('folder') + '/'), () => fs.readFileSync(at('file/inner')), () => fs.realpathSync.native(at('folder/../file'))  === at('file')].map(tried);
  },
  'null-device': () => [tried(() => fs.writeFileSync('/dev/null', 'x')), fs.readFileSync('/dev/null').length, fs.statSync('/dev/null').rdev],
  'zero-device': () => {
    const [fd, bytes] = [fs.openSync('/dev/zero', 'r+'), Buffer.alloc(4, 1)];
    return [fs.readSync(fd, bytes), bytes.toString('hex'), fs.writeSync(fd, 'x')];
  },
  'full-device': () => tried(() => fs.writeFileSync('/dev/full', 'x')),
  'random-devices': () => ['/dev/urandom', '/dev/random'].map((device) => new Set([1, 2].map(() => {
    const bytes = Buffer.alloc(16);
    fs.readSync(fs.openSync(device), bytes);
    return bytes.toString('hex');
  })).size),
  'terminal-device': () => tried(() => fs.openSync('/dev/tty')),
  'standard-links': () => ['stdin', 'stdout', 'stderr', 'fd'].map((name) => tried(() => fs.readlinkSync(`/dev/${name}`))),
  'descriptor-files': () => {
    const fd = fs.openSync(put('file', 'x'));
    return [fs.readlinkSync(`/proc/self/fd/${fd}`) === at('file'), fs.readFileSync(`/dev/fd/${fd}`, 'latin1'), tried(() => fs.readlinkSync('/proc/self/fd/99'))];
  },
  'proc-self': () => [fs.readlinkSync('/proc/self') === String(process.pid), fs.readFileSync('/proc/self/cmdline', 'latin1').includes('probes'), fs.readlinkSync('/proc/self/cwd') === process.cwd(), fs.readFileSync('/proc/uptime', 'latin1').split(' ').length],
  'proc-memory': () => ['/proc/self/maps', '/proc/self/mem', '/proc/self/smaps'].map((file) => fs.existsSync(file)),
  'proc-net': () => fs.existsSync('/proc/net/tcp'),
  sys: () => fs.existsSync('/sys/class'),
  'device-numbers': () => [fs.statSync('/proc').dev !== fs.statSync(place).dev, fs.statSync(put('file')).dev === fs.statSync(place).dev],
  'socket-files': async () => {
    const server = net.createServer().listen(at('socket'));
    await new Promise((resolve) => server.on('listening', resolve));
    const seen = [fs.statSync(at('socket')).isSocket(), tried(() => fs.readFileSync(at('socket')))];
    await new Promise((resolve) => server.close(resolve));
    return [...seen, fs.existsSync(at('socket'))];
  },
  'executable-bit': () => {
    fs.writeFileSync(at('run'), '#!/bin/sh\necho ran\n', { mode: 0o644 });
    const without = spawnSync(at('run')).error?.code;
    fs.chmodSync(at('run'), 0o755);
    return [without, String(spawnSync(at('run')).stdout).trim()];
  },
  watch: async () => {
    const seen = [];
    const watcher = fs.watch(place, (event, name) => seen.push(`${event} ${name}`));
    const step = async (what) => {
      what();
      await new Promise((resolve) => setTimeout(resolve, 60));
    };
    await step(() => put('file'));
    await step(() => fs.appendFileSync(at('file'), 'x'));
    await step(() => fs.chmodSync(at('file'), 0o600));
    await step(() => fs.renameSync(at('file'), at('moved')));
    await step(() => fs.unlinkSync(at('moved')));
    watcher.close();
    return seen;
  },
  'watch-recursive': async () => {
    fs.mkdirSync(at('a/b'), { recursive: true });
    const seen = new Set();
    const watcher = fs.watch(place, { recursive: true }, (event, name) => seen.add(`${event} ${name}`));
    await new Promise((resolve) => setTimeout(resolve, 60));
    put('a/b/file');
    await new Promise((resolve) => setTimeout(resolve, 200));
    watcher.close();
    return [...seen].filter((line) => line.endsWith('file')).sort();
  },
};

(async () => {
  for (const [key, probe] of Object.entries(probes)) {
    place = path.join(top, key);
    fs.mkdirSync(place);
    let seen;
    try {
      seen = await probe();
    } catch (error) {
      seen = `threw ${error.code ?? error}`;
    }
    console.log(`${key}: ${[seen].flat().join(', ')}`);
  }
  fs.rmSync(top, { recursive: true, force: true });
})();
