const { v3, v5, validate, version, v4, v7, NIL } = require('uuid');
console.log(v5('hello', v5.URL), v3('hello', v3.DNS), validate(v4()), version(v7()), NIL);
