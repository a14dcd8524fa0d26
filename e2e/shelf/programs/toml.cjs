const TOML = require('@iarna/toml');
console.log(TOML.parse('t = "x"\n[a.b]\nn = 1_000\nd = 1979-05-27T07:32:00Z\nl = [ [1, 2], ["a"] ]\n'), TOML.stringify({ a: { b: 1.5 }, c: [{ d: 'e' }] }));
