import { parse, parseFragment, serialize } from 'parse5';
console.log(serialize(parse('<!doctype html><title>x</title><p>a<p>b')), serialize(parseFragment('<td>x<table><tr><td>y')));
