const semver = require('semver');
console.log(semver.satisfies('1.2.3', '^1.0.0 || >2'), semver.inc('1.2.3-beta.1', 'prerelease'), semver.sort(['2.0.0', '1.10.0', '1.9.0']), semver.coerce('v4.x')?.version, semver.minVersion('>=1.2 <3').version, semver.diff('1.0.0', '1.1.0'));
