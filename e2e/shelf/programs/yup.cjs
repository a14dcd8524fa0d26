const yup = require('yup');
const schema = yup.object({ name: yup.string().trim().required(), age: yup.number().min(18) });
console.log(schema.cast({ name: ' x ', age: '20' }));
schema.validate({ age: 3 }, { abortEarly: false }).catch((e) => console.log(e.errors));
