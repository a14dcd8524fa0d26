const slugify = require('slugify');
console.log(slugify('Größe & Ähnliches: 100%'), slugify('some string', { replacement: '_', lower: true, strict: true }));
