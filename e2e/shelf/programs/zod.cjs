const { z } = require('zod');
const User = z.object({ name: z.string().min(2), age: z.coerce.number().int().positive(), tags: z.array(z.enum(['a', 'b'])).default([]) });
console.log(User.parse({ name: 'Al', age: '7' }));
console.log(JSON.stringify(User.safeParse({ name: 'A', age: -1, tags: ['c'] }).error.issues));
console.log(z.union([z.string(), z.number()]).transform((v) => String(v).length).parse(1234));
