'use strict';
// What /bin/sh makes of command lines.
const { spawnSync } = require('child_process');
const fs = require('fs');
const root = fs.mkdtempSync('/tmp/sh-');
const lines = [
  'echo one two   three', 'echo "a  b" \'c  d\' e\\ f', 'echo $HOME "$X" \'$X\' ${X}y $NOPE.', 'echo -n no newline', 'echo "q\\"q" "\\$X" "back\\\\slash"',
  'X=5; echo $X; X=6 true; echo $X', 'true && echo yes || echo no', 'false && echo yes || echo no', 'false; echo $?', '! false; echo $?', 'exit 3; echo never',
  'echo out; echo err >&2', 'echo err 2>&1 >&2', 'echo into > f; echo more >> f; cat f; cat < f', 'echo gone > /dev/null', 'cat nope', 'nosuchcommand', 'nosuchcommand || echo caught $?',
  './f', 'echo a | cat | cat', 'echo a | cat; echo b', 'false | true; echo $?', 'true | false; echo $?', 'cd / && pwd', 'mkdir -p a/b && cd a/b && pwd',
  'echo * ', 'echo f? [ef] "*"', 'export Y=1; env | cat > e.txt; echo ok', 'echo ${N:-default} ${X:+set} ${X:-no}', 'echo $#; echo "$0"', '# only a comment', 'echo a;echo b # c',
  'test -f f && echo file; [ -d a ] && echo dir; [ x = y ] || echo differ; [ 2 -gt 1 ] && echo more', 'printf "%s-%d\\n" a 1 b 2', 'set -e; false; echo never', 'echo "multi\nline"',
  'echo a && \\\n echo b', 'rm f && test -e f || echo removed', 'X="a b"; echo $X "$X"', 'E=; echo [$E] "[$E]"', 'echo ~ | cat', 'unset X; echo "[$X]"', 'echo "unterminated', 'exit', 'sleep 0.01; echo slept',
  'node -p "1 + 1"', 'mkdir -p l/.h l/B l/a; echo x > l/f; ls l; ls -a l; ls -A l; ls l/f l/nope l/B l; ls -1 l; ls -d l; ls l | cat', 'node -e "process.exit(9)"; echo $?', 'node -e "process.kill(process.pid, \'SIGKILL\')"; echo $?', 'exec node -p 3',
];
for (const line of lines) {
  const r = spawnSync('/bin/sh', ['-c', line], { cwd: root, env: { PATH: require('path').dirname(process.execPath) + ':/usr/bin:/bin', HOME: '/home/x', X: 'x x', PWD: root }, encoding: 'utf8' });
  console.log(JSON.stringify(line), r.status, r.signal, JSON.stringify(r.stdout.replaceAll(root, 'ROOT')), JSON.stringify(r.stderr.replaceAll(root, 'ROOT')));
}
fs.rmSync(root, { recursive: true });
