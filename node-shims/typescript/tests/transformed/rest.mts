import * as path from 'node:path';
import { type ParsedPath, basename } from 'node:path';
import type { Stats } from 'node:fs';
import {} from 'node:os';
type Local = ParsedPath | Stats;
interface Shape { a: number }
function over(a: string): string;
function over(a: number): string;
function over(a: any): string { return `${a}` satisfies string; }
const value = <Shape>{ a: 1 };
const chained = (<any>value).a! as unknown as number;
const generic = <T,>(x: T): x is T & {} => x !== undefined;
label: for (const x of [1, 2] as const) { if (x > 1) break label; }
let definite!: number;
const tagged = String.raw<any>`a\n`;
export type { Local };
export default over;
console.log(over('x'), value, chained, generic(1), definite, tagged, basename('/a/b'), typeof path.join, over<any>?.(1 as any));
