import type { Signatures } from '../../ports/signatures.ts';

/**
 * Signatures for simulations: the key is the run, the signature a checksum. They are cheap and the same in
 * every run of a seed. They show whether each event is signed with the key of its author, but they can be
 * forged.
 */
export const memorySignatures: Signatures = {
  signerFor: (run) => ({ key: run, sign: (text) => checksum(run, text) }),
  check: (key, text, sig) => sig === checksum(key, text),
};

/** FNV-1a, 32 bits. */
function checksum(key: string, text: string): string {
  let sum = 0x81_1c_9d_c5;
  for (const part of [key, text]) {
    for (let at = 0; at < part.length; at += 1) {
      sum = Math.imul(sum ^ part.charCodeAt(at), 0x01_00_01_93);
    }
  }
  return (sum >>> 0).toString(16);
}
