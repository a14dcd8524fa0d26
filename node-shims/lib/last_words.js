// The last words of a process: what Node prints of an error that nothing caught.
'use strict';

const arrowSymbol = privateSymbols.arrow_message_private_symbol;
const decoratedSymbol = privateSymbols.decorated_private_symbol;
const isProgram = (file) => typeof file === 'string' && file !== '<input>' && !file.startsWith('node:');

const place = (site) => {
  const file = site?.getFileName();
  const line = site?.getLineNumber();
  return isProgram(file) && line > 0 ? { file, line, column: site.getColumnNumber() } : undefined;
};
// The first frame of a stack, where that is the program's own.
const first = (stack) => {
  const match = typeof stack === 'string' ? /^    at (?:.*\()?([^\n]+?):(\d+):(\d+)\)?$/m.exec(stack) : null;
  if (match === null || !isProgram(match[1]) || stack.slice(0, match.index).includes('\n    at ')) return undefined;
  return { file: match[1], line: +match[2], column: +match[3] };
};

// Whether what stands between a `throw` and a place behind it is still that statement.
const isOneStatement = (between) => {
  let depth = 0;
  const tokens = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\/|[([{}\]);\n]/g;
  for (let match = tokens.exec(between); match !== null; match = tokens.exec(between)) {
    const token = match[0];
    if (token === '(' || token === '[' || token === '{') depth++;
    else if (token === ')' || token === ']' || token === '}') depth--;
    else if (depth === 0 && (token === ';' || token === '\n')) return false;
    if (depth < 0) return false;
  }
  return true;
};

// V8 points at the whole `throw` statement, and at `new`. The engine knows the last name or call before the throw; what a constructor's call is, it calls
// by the name after `new`.
const statement = (lines, line, column, throws) => {
  if (lines === undefined) return { line, column, throws: false };
  const from = Math.max(0, line - 20);
  const before = [...lines.slice(from, line - 1), lines[line - 1].slice(0, column - 1)].join('\n');
  const at = throws ? before.search(/\bthrow\b(?![^]*\bthrow\b)/) : -1;
  if (at >= 0 && isOneStatement(before.slice(at + 5))) {
    const head = before.slice(0, at).split('\n');
    return { line: from + head.length, column: head.at(-1).length + 1, throws: true };
  }
  const made = /\bnew\s+$/.exec(lines[line - 1].slice(0, column - 1));
  return { line, column: made === null ? column : made.index + 1, throws: false };
};

const linesOf = ({ file, line }) => {
  const lines = binding.sourceText(file)?.split('\n');
  return lines?.[line - 1] === undefined ? undefined : lines;
};

// The place, the line of source and a mark below it. What `runs` may have been made of another source, which is shown then.
const arrow = (found, throws, runs) => {
  if (found === undefined) return undefined;
  const lines = linesOf(found);
  if (lines === undefined) return undefined;
  const { line, column } = throws === undefined ? found : statement(lines, found.line, found.column, throws);
  const mapped = runs && binding.sourceMapsEnabled ? binding.mappedSource?.(found.file, line, column - 1) : undefined;
  if (mapped !== undefined) return mapped.replace(/\n$/, '');
  const source = lines[line - 1].replace(/\r$/, '');
  return `${found.file}:${line}\n${source}\n${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
};

// The last `throw` of the program's own that threw it.
const thrownAt = (thrown) => {
  for (let i = (thrown?.length ?? 0) - 1; i >= 0; i--) {
    const from = place(thrown[i].find((site) => !site.isNative()));
    if (from !== undefined && statement(linesOf(from), from.line, from.column, true).throws) return from;
  }
  return undefined;
};

const arrowOf = (error, stack, thrown) => {
  const parsed = place(binding.trace(error)?.parsed);
  if (parsed !== undefined) return arrow(parsed);
  return arrow(thrownAt(thrown), true, true) ?? arrow(first(stack), thrown !== undefined);
};

/** `thrown`: the frames from which it was thrown each time, if it came out of JavaScript that way. */
binding.fatal = (error, before, after, thrown) => {
  const hint = `(Use \`${process.argv0?.slice(process.argv0.lastIndexOf('/') + 1) || 'node'} --trace-uncaught ...\` to show where the exception was thrown)\n`;
  let text = '';
  if (Error.isError(error)) {
    let { stack } = error;
    const mark = error[decoratedSymbol] === true ? undefined : arrowOf(error, stack, thrown);
    if (mark !== undefined) text += `${mark}\n\n`;
    // The library's enhancers put the rest of the error's properties under its stack.
    try { before?.(error); stack = after?.(error) ?? error.stack ?? stack; } catch { /* the plain stack is good enough */ }
    text += typeof stack === 'string' && stack !== '' ? `${stack}\n` : `${binding.header(error)}\n`;
  } else {
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
    const mark = arrow(thrownAt(thrown), true, true);
    if (mark === undefined) text += 'Uncaught:\n';
    else text += isObject && error[arrowSymbol] !== undefined ? `${mark}\n\n` : `\n${mark}\n`;
    let shown;
    try { shown = isObject ? binding.inspect(error) : typeof error === 'symbol' ? '' : `${error}`; } catch { shown = ''; }
    text += `${shown}\n`;
    if (!isObject) text += hint;
  }
  return `${text}\nNode.js ${process.version}\n`;
};
