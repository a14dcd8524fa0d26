import * as v from 'valibot';
const schema = v.object({ email: v.pipe(v.string(), v.email()), n: v.optional(v.number(), 3) });
console.log(v.parse(schema, { email: 'a@b.co' }), v.flatten(v.safeParse(schema, { email: 'x', n: '' }).issues));
