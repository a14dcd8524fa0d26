const nunjucks = require('nunjucks');
nunjucks.configure({ autoescape: true });
console.log(nunjucks.renderString('{% macro f(x, y=2) %}{{ x + y }}{% endmacro %}{% for k, v in o %}{{ k }}={{ v | upper }}{% if not loop.last %};{% endif %}{% endfor %} {{ f(1) }} {{ "<a>" }} {{ [3,1,2] | sort | join("-") }}', { o: { a: 'x', b: 'y' } }));
