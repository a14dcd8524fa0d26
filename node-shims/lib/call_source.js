// What stands at a place in a program's text: V8 names in its messages what was called, and `assert(false)` quotes itself.
//
// The engine knows the last name that was looked up before the call, or the last method's name: for `a.b(c)` that is `c`, for `a.b()` it is `b`.
// Of what is made it knows the `new`.
'use strict';

const reach = 12;
const tokens = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\/|[([{}\])]/g;

// The expression that ends at `end`: names, members, numbers in brackets, calls. Undefined for anything else.
const chainBefore = (text, end) => {
  let start = end;
  for (;;) {
    while (start > 0 && /\s/.test(text[start - 1])) start--;
    const close = text[start - 1];
    if (close === ')' || close === ']') {
      const open = close === ')' ? '(' : '[';
      let depth = 0;
      let at = start - 1;
      for (; at >= 0; at--) {
        if (text[at] === close) depth++;
        else if (text[at] === open && --depth === 0) break;
      }
      if (at < 0) return undefined;
      start = at;
      // Brackets alone: a grouped expression or a literal.
      if (!/[\w$)\]]\s*$/.test(text.slice(0, start))) return undefined;
      continue;
    }
    const name = /#?[A-Za-z_$][\w$]*$/.exec(text.slice(0, start));
    if (name === null) return undefined;
    start = name.index;
    const dot = /(?:\?\.|\.)\s*$/.exec(text.slice(0, start));
    if (dot === null) return { start, end };
    start = dot.index;
  }
};

// Calls that stand around a place, the outermost first, each with where its callee begins and ends.
const callsAround = (text, place) => {
  const open = [];
  tokens.lastIndex = 0;
  for (let match = tokens.exec(text); match !== null && match.index < place; match = tokens.exec(text)) {
    const token = match[0];
    if (token === '(' || token === '[' || token === '{') open.push({ token, at: match.index });
    else if (token === ')' || token === ']' || token === '}') open.pop();
  }
  const calls = [];
  for (const { token, at } of open) {
    if (token !== '(') continue;
    const chain = chainBefore(text, at);
    if (chain === undefined || /^(?:if|for|while|switch|catch|function|return|await|with)$/.test(text.slice(chain.start, chain.end).trim())) continue;
    // The head of a function is no call.
    if (/\bfunction\s*\*?\s*$/.test(text.slice(0, chain.start))) continue;
    calls.push(chain);
  }
  return calls;
};

// The text around a place: some lines before it, and the rest of its line.
const around = (file, line, column) => {
  const lines = binding.sourceText(file)?.split('\n');
  if (lines?.[line - 1] === undefined) return undefined;
  const first = Math.max(0, line - reach);
  const text = lines.slice(first, line).join('\n');
  return { text, place: text.length - lines[line - 1].length + column - 1, first };
};

const called = (text, place) => {
  const name = /^[A-Za-z_$][\w$]*/.exec(text.slice(place))?.[0];
  const next = name === undefined ? '' : text.slice(place + name.length).trimStart()[0];
  return next === '(' ? chainBefore(text, place + name.length) : undefined;
};

// As V8 prints an expression: what a call was given is left out.
const printed = (text) => {
  let out = '';
  let depth = 0;
  for (const char of text.replace(/\s+/g, '')) {
    if (char === '(' && depth++ === 0) out += '(...)';
    if (depth === 0) out += char;
    if (char === ')') depth--;
  }
  return out;
};

/** The callee of the call at a place, or undefined where it cannot be told from another. */
binding.calleeAt = (file, line, column) => {
  const found = around(file, line, column);
  if (found === undefined) return undefined;
  const { text, place } = found;
  if (/^new\b/.test(text.slice(place))) {
    const name = /^new\s+([A-Za-z_$][\w$]*(?:\s*\.\s*#?[A-Za-z_$][\w$]*)*)\s*(?:\(|;|$)/.exec(text.slice(place))?.[1];
    return name === undefined ? undefined : { text: printed(name), isNew: true };
  }
  const own = called(text, place);
  const calls = callsAround(text, place);
  const nearby = text.slice(text.lastIndexOf('\n', place) + 1);
  const outer = calls.at(-1);
  // A call around the function that the place is in has nothing to do with it.
  const isInside = outer !== undefined && !/=>|\bfunction\b|\{/.test(text.slice(outer.end, place));
  // In `f(g())` the engine tells the same place whichever of the two is no function, and for `f(x)(y)` it may tell `x`.
  if (own !== undefined ? isInside : !isInside || /^[^()]*\)\s*[([`]/.test(text.slice(place))) return undefined;
  const chain = own ?? outer;
  if (nearby.includes('`')) return undefined;
  const isNew = /\bnew\s+$/.test(text.slice(0, chain.start));
  return { text: printed(text.slice(chain.start, chain.end)), isNew };
};

/** What is iterated at a place: `of x)` and `[...x]`. */
binding.iteratedAt = (file, line, column) => {
  const found = around(file, line, column);
  if (found === undefined) return undefined;
  const { text, place } = found;
  const name = /^[A-Za-z_$][\w$]*(?=\s*[)\],])/.exec(text.slice(place))?.[0];
  return name !== undefined && /(?:\bof\s+|\[\s*\.\.\.)$/.test(text.slice(0, place)) ? name : undefined;
};

/** The line of a call of `assert` at a place, and the column (from 0) where the last name of what is called begins. */
binding.assertionAt = (file, line, column) => {
  const found = around(file, line, column);
  if (found === undefined) return undefined;
  const { text, place, first } = found;
  const own = called(text, place);
  const calls = callsAround(text, place);
  if (own !== undefined) calls.push(own);
  const chain = calls.find(({ start, end }) => /(?:^|\.)\s*(?:assert|ok|strict)$/.test(text.slice(start, end))) ?? calls.at(-1);
  if (chain === undefined) return undefined;
  const last = chain.start + text.slice(chain.start, chain.end).search(/[A-Za-z_$][\w$]*\s*$/);
  const head = text.slice(0, last);
  const begin = head.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', last);
  return {
    sourceLine: text.slice(begin, end < 0 ? undefined : end), scriptResourceName: file,
    lineNumber: first + head.split('\n').length, startColumn: last - begin,
  };
};
