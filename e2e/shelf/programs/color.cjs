const Color = require('color');
console.log(Color('#ff8800').darken(0.3).hex(), Color.rgb(10, 20, 30).hsl().round().string(), Color('red').contrast(Color('white')), Color('rebeccapurple').negate().rgb().array());
