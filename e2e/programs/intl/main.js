// What Node takes from ICU. Here it is the browser's.
const print = (label, ...values) => console.log(label, ...values);
const day = new Date(Date.UTC(2024, 1, 29, 15, 4, 5, 678));

print('number', new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5), (1234567.891).toLocaleString(), (0.256).toLocaleString('en', { style: 'percent' }));
print('bigint', (12345678901234567890n).toLocaleString('en-IN'));
print('date', day.toLocaleString('en-US', { timeZone: 'UTC' }), day.toLocaleDateString('de', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' }));
print('zone', new Intl.DateTimeFormat('en', { timeZone: 'America/New_York', dateStyle: 'full', timeStyle: 'long' }).format(day));
print('parts', new Intl.DateTimeFormat('fr', { dateStyle: 'medium', timeZone: 'Asia/Tokyo' }).formatToParts(day).map((part) => `${part.type}=${part.value}`).join('|'));
print('invalid', new Date(Number.NaN).toLocaleString());
print('collator', ['b', 'ä', 'a', 'Z'].sort(new Intl.Collator('de').compare), ['b', 'ä', 'a', 'Z'].sort(new Intl.Collator('sv').compare), 'a10'.localeCompare('a9', 'en', { numeric: true }));
print('cases', 'Iİiı'.toLocaleLowerCase('tr'), 'Iİiı'.toLocaleUpperCase(['az', 'en']), 'Ά'.toLocaleUpperCase('el'), 'ß'.toLocaleUpperCase(), 'I'.toLocaleLowerCase('en'));
print('plural', [0, 1, 2, 5, 21].map((n) => new Intl.PluralRules('pl').select(n)), new Intl.PluralRules('en', { type: 'ordinal' }).select(3));
print('list', new Intl.ListFormat('en', { type: 'disjunction' }).format(['a', 'b', 'c']));
print('relative', new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-1, 'day'), new Intl.RelativeTimeFormat('es').format(3, 'month'));
print('segments', [...new Intl.Segmenter('ja', { granularity: 'word' }).segment('こんにちは世界')].map((piece) => piece.segment));
print('locale', new Intl.Locale('de-Latn-DE-u-ca-buddhist').language, Intl.getCanonicalLocales(['EN-us', 'zh-hans-cn']), Intl.DateTimeFormat.supportedLocalesOf(['de', 'tlh']));
print('names', new Intl.DisplayNames('en', { type: 'region' }).of('DE'), new Intl.DisplayNames('fr', { type: 'language' }).of('ja'));
for (const wrong of [() => new Intl.NumberFormat('en', { style: 'currency' }), () => new Intl.DateTimeFormat('en', { timeZone: 'Mars/Olympus' }), () => (1).toLocaleString('not a locale'), () => 'x'.toLocaleUpperCase('not a locale')]) {
  try {
    wrong();
  } catch (error) {
    print('wrong', error.name, error instanceof RangeError || error instanceof TypeError);
  }
}

for (const [label, bytes] of [['utf-16be', [0, 65, 0, 66]], ['windows-1252', [0x80, 0xe9]], ['shift_jis', [0x82, 0xb1]], ['gb18030', [0xc4, 0xe3]], ['koi8-r', [0xf0]]]) {
  const decoder = new TextDecoder(label);
  print(decoder.encoding, decoder.decode(new Uint8Array(bytes)));
}
const halves = new TextDecoder('euc-jp');
print('halves', halves.decode(new Uint8Array([0xa4]), { stream: true }) + halves.decode(new Uint8Array([0xa2])));
try {
  new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff]));
} catch (error) {
  print('fatal', error.code, error.name);
}
print('transcode', require('node:buffer').transcode(Buffer.from('€é'), 'utf8', 'latin1'));
print('idn', require('node:url').domainToASCII('bücher.example'), new URL('http://日本.example/').host);
print('width', require('node:util').inspect(new Map([['あ', 1]])));
