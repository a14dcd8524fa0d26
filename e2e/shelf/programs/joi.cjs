const Joi = require('joi');
const schema = Joi.object({ email: Joi.string().email({ tlds: false }).required(), n: Joi.number().max(5), when: Joi.when('n', { is: 3, then: Joi.required() }) });
console.log(schema.validate({ email: 'a@b.co', n: '4' }).value, schema.validate({ email: 'x', n: 9 }, { abortEarly: false }).error.message);
