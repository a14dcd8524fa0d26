console.log(require('minimist')(['-abc', '--x=1', '--no-y', '--z', 'v', 'rest', '--', '-q'], { string: ['x'], boolean: ['a'] }));
