const { parseString, Builder } = require('xml2js');
parseString('<r a="1"><i>x</i><i>y</i><![CDATA[z]]></r>', (error, result) => {
  console.log(error, JSON.stringify(result));
  console.log(new Builder({ headless: true }).buildObject({ r: { $: { b: 2 }, c: ['d', 'e'] } }));
});
