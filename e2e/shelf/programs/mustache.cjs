console.log(require('mustache').render('{{#l}}{{.}},{{/l}}{{^n}}none{{/n}}{{{h}}}{{h}}{{> p}}', { l: [1, 2], h: '<i>', v: 9 }, { p: '[{{v}}]' }));
