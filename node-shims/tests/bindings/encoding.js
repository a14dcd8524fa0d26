const e = internalBinding('encoding_binding');
const u = internalBinding('url');
for (const s of ['', 'abc', '\u00e9\u20ac', 'x\ud83d\ude00y', '\ud800a', '\udc00'])
  for (const n of [0, 1, 2, 3, 4, 5, 6, 20]) { const t = new Uint8Array(n); e.encodeInto(s, t); print(s, n, t, Array.from(e.encodeIntoResults)); }
for (const s of ['', 'abc', '\u00e9\u20ac', 'x\ud83d\ude00y', '\ud800a', '\udc00']) print(e.encodeUtf8String(s));
for (const t of [[], [0xef, 0xbb, 0xbf, 65], [0xff], [0xc3], [0xe2, 0x82], [65, 0xed, 0xa0, 0x80]]) for (const bom of [true, false]) for (const fatal of [true, false])
  print(attempt(() => e.decodeUTF8(Uint8Array.from(t), bom, fatal)));
for (const s of ['a b', 'A.COM', 'a_b', 'a..b', '1.2.3.4', '0x7f.1', '[::1]', '[::1', 'a%41', '\u00df.de', 'fa\u00df', '\u2603.net', 'a:80', 'a/b', '', 'a@b', '%', '\u00ad', 'xn--maana-pta.com', '\u65e5\u672c', 'a\u200db'])
  print(s, e.toASCII(s), e.toUnicode(s), u.domainToASCII(s), u.domainToUnicode(s));
