// A command line's words, as a shell splits them: blanks part them, quotes and backslashes keep them together. Nothing is expanded.

import { PortholeError } from "../client/index.ts";

export function words(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (quote !== "" && letter === quote) quote = "";
    else if (letter === "\\" && quote !== "'" && at + 1 < line.length) word = (word ?? "") + line.charAt((at += 1));
    else if (quote === "" && (letter === "'" || letter === '"')) {
      quote = letter;
      word ??= "";
    } else if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? "") + letter;
  }
  if (quote !== "") throw new PortholeError("ERR_INVALID_ARG", `a quote in ${JSON.stringify(line)} is not closed`);
  if (word !== undefined) found.push(word);
  return found;
}
