import { marked } from 'marked';
console.log(marked.parse('# T\n\n*a* **b** `c`\n\n- x\n- y\n\n| h |\n|---|\n| d |\n\n```js\nlet a\n```\n'));
