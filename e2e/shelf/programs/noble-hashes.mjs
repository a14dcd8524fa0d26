import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
for (const f of [sha256, keccak_256, blake3]) console.log(bytesToHex(f(utf8ToBytes('porthole'))));
