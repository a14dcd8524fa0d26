const { createSSRApp, h, ref, computed, reactive, watchEffect } = require('vue'); const { renderToString } = require('@vue/server-renderer');
renderToString(createSSRApp({ setup() { const n = ref(2); const d = computed(() => n.value * 2); return () => h('p', { class: ['a', { b: true }] }, [`d=${d.value}`, h('b', 'x<')]); } })).then((html) => console.log(html));
renderToString(createSSRApp({ data: () => ({ l: ['a', 'b'] }), template: '<ul><li v-for="(x, i) in l" :key="i" v-if="true">{{ i }}{{ x.toUpperCase() }}</li></ul>' })).then((html) => console.log(html));
const s = reactive({ a: 1 }); watchEffect(() => console.log('effect', s.a)); s.a = 2;
