require('stylus')('w = 5px\n.a\n  width w * 2\n  .b\n    color lighten(#123456, 20%)').render((error, css) => console.log(error, css));
