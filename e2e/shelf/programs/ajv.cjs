const Ajv = require('ajv');
const ajv = new Ajv({ allErrors: true });
const validate = ajv.compile({ type: 'object', properties: { a: { type: 'integer', minimum: 1 }, b: { type: 'array', items: { type: 'string' } } }, required: ['a'], additionalProperties: false });
console.log(validate({ a: 1, b: ['x'] }), validate({ a: 0, b: [1], c: 2 }), ajv.errorsText(validate.errors));
