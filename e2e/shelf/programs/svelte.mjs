import { compile } from 'svelte/compiler';
const { js, css } = compile('<script>let { n = 1 } = $props(); let d = $derived(n * 2);</script><h1 class="t">{d}</h1>{#each [1,2] as x}<p>{x}</p>{/each}<style>.t { color: red }</style>', { generate: 'server', filename: 'A.svelte' });
console.log(js.code.length > 100, css.code);
