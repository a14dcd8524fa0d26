const { Liquid } = require('liquidjs');
console.log(new Liquid().parseAndRenderSync('{% assign x = l | map: "n" | join: "+" %}{{ x | upcase }} {% for i in (1..3) %}{{ i | times: 2 }}{% endfor %} {{ "a b" | replace: " ", "_" }}', { l: [{ n: 'a' }, { n: 'b' }] }));
