const limit = require('p-limit')(2);
let active = 0; let most = 0;
Promise.all([1, 2, 3, 4].map((n) => limit(async () => { most = Math.max(most, ++active); await new Promise((r) => setTimeout(r, 5)); active--; return n; }))).then((r) => console.log(r, most));
