const bcrypt = require('bcryptjs');
console.log(bcrypt.hashSync('pw', '$2b$04$abcdefghijklmnopqrstuu'), bcrypt.compareSync('pw', bcrypt.hashSync('pw', 4)), bcrypt.getRounds(bcrypt.hashSync('x', 5)));
