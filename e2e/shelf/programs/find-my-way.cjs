const router = require('find-my-way')();
router.on('GET', '/a/:b/c', (req, res, params) => params);
router.on('GET', '/static/*', () => 'wild');
console.log(router.find('GET', '/a/1/c').params, router.find('GET', '/static/x/y').params, router.find('GET', '/zzz'));
console.log(router.prettyPrint());
