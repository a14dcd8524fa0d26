const { XMLParser, XMLBuilder, XMLValidator } = require('fast-xml-parser');
const object = new XMLParser({ ignoreAttributes: false }).parse('<a b="c"><d>1</d><d>2.5</d><e/></a>');
console.log(JSON.stringify(object), new XMLBuilder({ ignoreAttributes: false }).build(object), XMLValidator.validate('<a><b></a>').err.msg);
