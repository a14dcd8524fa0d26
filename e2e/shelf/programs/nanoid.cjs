const { nanoid, customAlphabet } = require('nanoid');
console.log(nanoid().length, /^[a-c]{8}$/.test(customAlphabet('abc', 8)()), new Set(Array.from({ length: 500 }, () => nanoid())).size);
