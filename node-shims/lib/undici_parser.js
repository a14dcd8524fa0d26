// The exports of undici's WebAssembly parser, over ours. Callbacks go to undici's parser itself; only errors pass through the "memory".
'use strict';
const { ArrayBuffer, MathMax, SafeMap, StringPrototypeCharCodeAt, Uint8Array } = primordials;
const { create } = binding;
delete binding.create;

const OK = 0, PAUSED = 21, PAUSED_UPGRADE = 22, USER = 24;
const numbers = {
  __proto__: null, HPE_INTERNAL: 1, HPE_STRICT: 2, HPE_LF_EXPECTED: 3, HPE_UNEXPECTED_CONTENT_LENGTH: 4, HPE_CLOSED_CONNECTION: 5, HPE_INVALID_METHOD: 6,
  HPE_INVALID_URL: 7, HPE_INVALID_CONSTANT: 8, HPE_INVALID_VERSION: 9, HPE_INVALID_HEADER_TOKEN: 10, HPE_INVALID_CONTENT_LENGTH: 11,
  HPE_INVALID_CHUNK_SIZE: 12, HPE_INVALID_STATUS: 13, HPE_INVALID_EOF_STATE: 14, HPE_INVALID_TRANSFER_ENCODING: 15, HPE_CR_EXPECTED: 25,
};
// Where the reason of an error stands in the memory, and where pieces do.
const REASON = 16, PIECE = 4096;

binding.instance = (currentParser, currentPiece) => {
  const parsers = new SafeMap();
  let next = 1;
  const memory = { buffer: new ArrayBuffer(PIECE) };
  const toBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  const run = (own, piece) => {
    const parser = currentParser();
    while (true) {
      const event = own.step(piece, own.position);
      own.position = event[0];
      let answer = OK;
      switch (event[1]) {
        case 'end': return OK;
        case 'begin': answer = parser.onMessageBegin(); break;
        case 'headers': answer = headers(parser, event[2]); break;
        case 'head': {
          if (event[4].length > 0) parser.onStatus(toBuffer(event[4]));
          answer = headers(parser, event[2]);
          if (answer !== OK) break;
          answer = parser.onHeadersComplete(event[3], event[5], event[6]);
          if (answer === 1 || answer === 2) {
            own.verdict(answer);
            answer = OK;
          } else if (answer === OK || answer === PAUSED) {
            own.verdict(0);
          }
          break;
        }
        case 'body': answer = parser.onBody(piece.subarray(event[2], event[3])); break;
        case 'complete': answer = parser.onMessageComplete(); break;
        case 'upgrade': return PAUSED_UPGRADE;
        case 'error':
          own.reason = event[3];
          return numbers[event[2]] ?? 1;
      }
      if (answer === PAUSED) return PAUSED;
      if (answer !== OK && answer !== undefined) {
        own.reason = 'User callback error';
        return USER;
      }
    }
  };
  const headers = (parser, list) => {
    for (let i = 0; i < list.length; i += 2) {
      const answer = parser.onHeaderField(toBuffer(list[i])) || parser.onHeaderValue(toBuffer(list[i + 1]));
      if (answer !== OK) return answer;
    }
    return OK;
  };

  return {
    exports: {
      memory,
      malloc(size) { memory.buffer = new ArrayBuffer(PIECE + MathMax(size, PIECE)); return PIECE; },
      free() {},
      llhttp_alloc() {
        const own = create();
        own.position = 0;
        own.reason = '';
        parsers.set(next, own);
        return next++;
      },
      llhttp_free(ptr) { parsers.delete(ptr); },
      llhttp_resume() {},
      llhttp_execute(ptr) {
        const own = parsers.get(ptr);
        own.position = 0;
        own.reason = '';
        return run(own, currentPiece());
      },
      llhttp_get_error_pos(ptr) { return PIECE + parsers.get(ptr).position; },
      llhttp_get_error_reason(ptr) {
        const { reason } = parsers.get(ptr);
        const text = new Uint8Array(memory.buffer, REASON, reason.length + 1);
        for (let i = 0; i < reason.length; i++) text[i] = StringPrototypeCharCodeAt(reason, i);
        text[reason.length] = 0;
        return REASON;
      },
    },
  };
};
