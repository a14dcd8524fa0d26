require('core-js');
console.log([1, 2, 3].group ? 'group' : Object.groupBy([1, 2, 3], (x) => x % 2 ? 'odd' : 'even'), [3, 1].toSorted(), 'a-b'.replaceAll('-', '+'), new Set([1, 2]).union(new Set([3])).size, Math.clamp?.(5, 1, 3), Array.fromAsync !== undefined);
