// What is wrong with a JSON text, in V8's words. Read only when the engine has refused it.
'use strict';

const special = ['NaN', 'Infinity', 'undefined', '[object Object]'];
const isDigit = (char) => char >= '0' && char <= '9';
const isHex = (char) => isDigit(char) || (char >= 'a' && char <= 'f') || (char >= 'A' && char <= 'F');

class Problem {
  constructor(message) { this.message = message; }
}

class Scanner {
  #text;
  #at = 0;
  constructor(text) { this.#text = text; }

  /** Walks over the whole text; throws the first `Problem`. */
  document() {
    this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) this.#located('Unexpected non-whitespace character after JSON');
  }

  get #char() { return this.#text[this.#at]; }

  #blanks() {
    while (this.#char === ' ' || this.#char === '\t' || this.#char === '\n' || this.#char === '\r') this.#at++;
  }

  #value() {
    this.#blanks();
    const char = this.#char;
    if (char === '"') this.#string();
    else if (char === '{') this.#object();
    else if (char === '[') this.#array();
    else if (char === '-' || isDigit(char)) this.#number();
    else if (char === 't') this.#word('true');
    else if (char === 'f') this.#word('false');
    else if (char === 'n') this.#word('null');
    else this.#unexpected();
  }

  #object() {
    this.#at++;
    this.#blanks();
    if (this.#char === '}') {
      this.#at++;
      return;
    }
    if (this.#char !== '"') this.#located("Expected property name or '}' in JSON");
    for (;;) {
      this.#string();
      this.#blanks();
      if (this.#char !== ':') this.#located("Expected ':' after property name in JSON");
      this.#at++;
      this.#value();
      this.#blanks();
      if (this.#char === '}') break;
      if (this.#char !== ',') this.#located("Expected ',' or '}' after property value in JSON");
      this.#at++;
      this.#blanks();
      if (this.#char !== '"') this.#located('Expected double-quoted property name in JSON');
    }
    this.#at++;
  }

  #array() {
    this.#at++;
    this.#blanks();
    if (this.#char === ']') {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value();
      this.#blanks();
      if (this.#char === ']') break;
      if (this.#char !== ',') this.#located("Expected ',' or ']' after array element in JSON");
      this.#at++;
    }
    this.#at++;
  }

  #string() {
    for (this.#at++; this.#char !== '"'; this.#at++) {
      if (this.#char === undefined) this.#located('Unterminated string in JSON');
      if (this.#char < ' ') this.#located('Bad control character in string literal in JSON');
      if (this.#char !== '\\') continue;
      this.#at++;
      if (this.#char === undefined) this.#located('Unterminated string in JSON');
      if (this.#char === 'u') {
        for (let digits = 0; digits < 4; digits++) {
          this.#at++;
          if (this.#char === undefined || !isHex(this.#char)) this.#located('Bad Unicode escape in JSON');
        }
      } else if (!'"\\/bfnrt'.includes(this.#char)) {
        this.#located('Bad escaped character in JSON');
      }
    }
    this.#at++;
  }

  #number() {
    if (this.#char === '-') {
      this.#at++;
      if (!isDigit(this.#char)) this.#located('No number after minus sign in JSON');
    }
    if (this.#char === '0') {
      this.#at++;
      if (isDigit(this.#char)) this.#located('Unexpected number in JSON');
    }
    this.#digits();
    if (this.#char === '.') {
      this.#at++;
      if (!isDigit(this.#char)) this.#located('Unterminated fractional number in JSON');
      this.#digits();
    }
    if (this.#char === 'e' || this.#char === 'E') {
      this.#at++;
      if (this.#char === '+' || this.#char === '-') this.#at++;
      if (!isDigit(this.#char)) this.#located('Exponent part is missing a number in JSON');
      this.#digits();
    }
  }

  #digits() {
    while (isDigit(this.#char)) this.#at++;
  }

  #word(word) {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#char !== word[i]) this.#unexpected();
    }
  }

  #unexpected() {
    const text = this.#text;
    const at = this.#at;
    const char = this.#char;
    if (char === '"') this.#located('Unexpected string in JSON');
    if (char === '-' || isDigit(char)) this.#located('Unexpected number in JSON');
    if (special.includes(text)) throw new Problem(`"${text}" is not valid JSON`);
    if (char === undefined) throw new Problem('Unexpected end of JSON input');
    // Ten characters on either side.
    let excerpt = `"${text}"`;
    if (text.length > 20) {
      if (at < 10) excerpt = `"${text.slice(0, at + 10)}"...`;
      else if (at < text.length - 10) excerpt = `..."${text.slice(at - 10, at + 10)}"...`;
      else excerpt = `..."${text.slice(at - 10)}"`;
    }
    // A space after the dots alone.
    throw new Problem(`Unexpected token '${char}', ${excerpt} is not valid JSON`);
  }

  #located(message) {
    let line = 1;
    let start = 0;
    const before = /\r\n|\r|\n/g;
    const head = this.#text.slice(0, this.#at);
    for (let match = before.exec(head); match !== null; match = before.exec(head)) {
      line++;
      start = before.lastIndex;
    }
    throw new Problem(`${message} at position ${this.#at} (line ${line} column ${this.#at - start + 1})`);
  }
}

/** The message for a text; undefined for one that is in order. */
binding.problem = (text) => {
  try {
    new Scanner(text).document();
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }
  return undefined;
};
