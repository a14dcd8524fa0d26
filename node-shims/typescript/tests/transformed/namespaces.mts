namespace A.B.C { export const deep = 1; export type T = string }
namespace Counter {
  let hidden = 1;
  export let shown = hidden, later: number;
  export var old = 2;
  export const { a, b: [c, ...d], e = 5 } = { a: 1, b: [2, 3, 4] } as any;
  export function next() { shown++; later = ++shown; [shown] = [shown + 1]; return { shown, later, hidden }; }
  export class Thing { own = shown; }
  export enum Kind { K = 'k' }
  export namespace Sub { export let n = shown; export const up = () => n++; }
  export import Alias = A.B.C;
}
namespace Counter { export const more = Counter.shown + Counter.Sub.n; }
namespace Empty { export interface I {} }
function merged() { return 'called'; }
namespace merged { export const extra = 'extra'; }
class Both { static s = 1; }
namespace Both { export const t = 2; }
enum Colour { Red }
namespace Colour { export const parse = (text: string) => Colour[text as keyof typeof Colour]; }
import Short = A.B;
console.log(A, Counter.next(), Counter, Counter.Sub.up(), Counter.Sub.n, merged(), merged.extra, Both.s + Both.t, Colour, Short.C.deep);
