enum Plain { A, B, C = 10, D }
enum Text { X = 'x', Y = `y${1}`, Z = 'x'.length as any }
enum Mixed { One = 1, Two = One << 1, Both = One | Two, Neg = -1, Not = ~Two, 'with space' = 3, Ref = Plain.D }
enum Merged { A }
enum Merged { B = 5 }
const enum Constant { P, Q = P + 2 }
declare enum Nowhere { N }
export enum Exported { E = 'e' }
{
  enum Inner { A = Plain.C }
  console.log(Inner);
}
console.log(Plain, Text, Mixed, Merged, Constant.Q, Constant[0], Exported, Mixed[Mixed.One]);
