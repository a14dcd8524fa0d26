const { of, from, interval, merge, Subject, firstValueFrom } = require('rxjs');
const { map, filter, scan, mergeMap, take, toArray, debounceTime, catchError } = require('rxjs/operators');
from([1, 2, 3, 4]).pipe(filter((x) => x % 2 === 0), scan((a, b) => a + b, 0)).subscribe((v) => console.log(v));
of('a', 'b').pipe(mergeMap((x) => Promise.resolve(`${x}!`)), toArray()).subscribe((v) => console.log(v));
firstValueFrom(merge(interval(5).pipe(map((i) => `i${i}`)), new Subject()).pipe(take(3), toArray())).then((v) => console.log(v));
