import { BitString } from 'asn1js';

/** RFC 5280, 4.2.1.3: the number of the bit. */
const bits = { signatures: 0, certificates: 5, revocations: 6 } as const;

/** What a key may be used for, as the extension `keyUsage`. */
export function keyUsage(...usages: readonly (keyof typeof bits)[]): BitString {
  const byte = usages.reduce((sum, usage) => sum | (0x80 >> bits[usage]), 0);
  // DER leaves out the zero bits at the end.
  const unusedBits = 7 - Math.max(...usages.map((usage) => bits[usage]));
  return new BitString({ valueHex: Uint8Array.of(byte).buffer, unusedBits });
}
