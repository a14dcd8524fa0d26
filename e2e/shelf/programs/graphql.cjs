const { buildSchema, graphql, parse, print, validate } = require('graphql');
const schema = buildSchema('type Query { hello(name: String!): String list: [Item!]! } type Item { id: ID! n: Int }');
graphql({ schema, source: 'query Q($n: String!) { hello(name: $n) list { id n } }', variableValues: { n: 'x' }, rootValue: { hello: ({ name }) => `hi ${name}`, list: [{ id: 1, n: () => 5 }] } }).then((r) => console.log(JSON.stringify(r)));
console.log(validate(schema, parse('{ nope }'))[0].message, print(parse('{a(b:1){c}}')));
