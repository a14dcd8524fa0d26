const sass = require('sass');
console.log(sass.compileString('@use "sass:math"; $w: 10px; .a { width: math.div($w, 3); &:hover { color: mix(red, blue); } @each $i in 1, 2 { .b#{$i} { top: $i * 1px } } }').css);
try { sass.compileString('a { b: $none }'); } catch (e) { console.log(e.sassMessage); }
