enum Level {
  One = 'one',
}

interface Nothing {}
function fail(level: Level): never {
  throw new Error(`level ${level}`);
}
fail(Level.One);
