const Handlebars = require('handlebars');
Handlebars.registerHelper('up', (s) => s.toUpperCase());
Handlebars.registerPartial('p', '[{{this}}]');
console.log(Handlebars.compile('{{#each items}}{{@index}}:{{up name}} {{> p name}}{{#if last}}!{{else}},{{/if}}{{/each}} {{{raw}}} {{raw}}')({ items: [{ name: 'a' }, { name: 'b', last: true }], raw: '<b>' }));
