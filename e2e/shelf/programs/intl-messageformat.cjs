const { IntlMessageFormat } = require('intl-messageformat');
console.log(new IntlMessageFormat('{n, plural, =0 {none} one {# thing} other {# things}} by {who}', 'en').format({ n: 2, who: 'me' }));
