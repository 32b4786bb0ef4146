import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { RunId } from '../../domain/identity/names.ts';
import type { Entropy } from '../../ports/entropy.ts';

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 26 of 36 letters are 134 bits: two runs never share an id by chance. */
const runIdLength = 26;
/** The largest multiple of 36 in a byte: what is above would favour the first letters. */
const fair = 252;

/** The operating system's randomness. */
export const systemEntropy: Entropy = {
  runId() {
    let id = '';
    while (id.length < runIdLength) {
      for (const byte of randomBytes(runIdLength)) {
        if (byte < fair && id.length < runIdLength) id += letters.charAt(byte % letters.length);
      }
    }
    return RunId.parse(id);
  },
  eventId: () => randomUUID(),
  fraction: () => randomInt(2 ** 47) / 2 ** 47,
};
