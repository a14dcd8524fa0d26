// Patterns for paths: `*` and `?` (no slash), `**` (any number of directories), `[a-z]`, `[!a-z]`, `{one,other}`, `\` before a letter that is meant as it is.

import { PortholeError } from "../errors.ts";

/**
 * Whether a path is meant. A pattern with a slash inside or in front is about the whole path; one without is about a name, wherever it is. A slash at its end
 * limits it to directories.
 */
export type Glob = (path: string, directory: boolean) => boolean;

export function glob(pattern: string): Glob {
  const directories = pattern.endsWith("/");
  const inner = pattern.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (inner === "") throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(pattern)} is no pattern for a path`);
  const rooted = inner.includes("/") || /^\.?\//.test(pattern);
  const source = `^${rooted ? "" : "(?:.*/)?"}${expression(inner, pattern)}$`;
  let whole: RegExp;
  try {
    whole = new RegExp(source, "su");
  } catch {
    throw malformed(pattern, "a range in it is backwards");
  }
  return (path, directory) => (directory || !directories) && whole.test(path);
}

function expression(pattern: string, given: string): string {
  let out = "";
  let open = 0;
  const letters = Array.from(pattern);
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] as string;
    if (letter === "*") {
      let stars = 1;
      while (letters[at + 1] === "*") {
        stars += 1;
        at += 1;
      }
      if (stars === 1) out += "[^/]*";
      else if (letters[at + 1] === "/") {
        // `**/` is any number of directories, none too.
        at += 1;
        out += "(?:.*/)?";
      } else out += ".*";
    } else if (letter === "?") out += "[^/]";
    else if (letter === "[") {
      const end = letters.indexOf("]", at + (letters[at + 1] === "!" || letters[at + 1] === "^" ? 3 : 2));
      if (end < 0) throw malformed(given, "a [ is not closed");
      const [first = "", ...rest] = letters.slice(at + 1, end);
      const not = first === "!" || first === "^";
      out += `(?!/)[${not ? "^" : ""}${(not ? rest : [first, ...rest]).map((one) => one.replace(/[\\\]^[]/g, "\\$&")).join("")}]`;
      at = end;
    } else if (letter === "{") {
      open += 1;
      out += "(?:";
    } else if (letter === "}" && open > 0) {
      open -= 1;
      out += ")";
    } else if (letter === "," && open > 0) out += "|";
    else if (letter === "\\") {
      at += 1;
      const next = letters[at];
      if (next === undefined) throw malformed(given, "nothing follows its last \\");
      out += literal(next);
    } else out += literal(letter);
  }
  if (open > 0) throw malformed(given, "a { is not closed");
  return out;
}

const literal = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

const malformed = (pattern: string, why: string): PortholeError => new PortholeError("ERR_INVALID_ARG", `the pattern ${JSON.stringify(pattern)} is malformed: ${why}`);
