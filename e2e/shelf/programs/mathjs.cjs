const math = require('mathjs');
console.log(math.evaluate('sqrt(3^2 + 4^2) * 2 inch to cm'), math.derivative('x^2 + 3x', 'x').toString(), math.simplify('2x + 3x').toString(), math.inv([[1, 2], [3, 4]]), math.format(math.fraction(1, 3)), math.det([[2, 1], [1, 3]]));
