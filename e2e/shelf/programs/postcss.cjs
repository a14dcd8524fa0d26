const postcss = require('postcss');
const autoprefixer = require('autoprefixer');
postcss([autoprefixer({ overrideBrowserslist: ['ie 10', 'safari 7'] })]).process('a { display: flex; user-select: none } @media (min-width: 1px) { b { color: red } }', { from: undefined }).then((result) => console.log(result.css));
