const browserify = require('browserify');
const { Readable } = require('stream');
browserify(Readable.from(["var p = require('path'); console.log(p.join('a', 'b'))"])).bundle((error, out) => {
  console.log(error && error.message, out && out.length > 1000);
  if (out) eval(out.toString());
});
