import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { RunId } from '../../domain/identity/names.ts';
import type { Entropy } from '../../ports/entropy.ts';

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 26 letters from an alphabet of 36 have 134 bits, so ids do not collide by chance. */
const runIdLength = 26;
/** The largest multiple of 36 in a byte. Bytes from here on would favour the first letters. */
const byteLimit = 252;

/** Random values from the operating system. */
export const systemEntropy: Entropy = {
  runId() {
    let id = '';
    while (id.length < runIdLength) {
      for (const byte of randomBytes(runIdLength)) {
        if (byte < byteLimit && id.length < runIdLength)
          id += letters.charAt(byte % letters.length);
      }
    }
    return RunId.parse(id);
  },
  eventId: () => randomUUID(),
  fraction: () => randomInt(2 ** 47) / 2 ** 47,
};
