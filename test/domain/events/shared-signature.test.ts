import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import {
  isSignedBy,
  type Signer,
  splitSignature,
  withSharedSignature,
} from '../../../src/domain/events/signature.ts';
import { RunId } from '../../../src/domain/identity/names.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The tree of RFC 9162, section 2.1.1, as it is defined there, with hashes in hex. */
function rootOf(texts: readonly string[]): string {
  if (texts.length === 1) return sha256(`\0${texts[0]}`);
  let split = 1;
  while (split * 2 < texts.length) split *= 2;
  return sha256(`\u0001${rootOf(texts.slice(0, split))}${rootOf(texts.slice(split))}`);
}

const signer = memorySignatures.signerFor(RunId.parse('run000001'));
const { check } = memorySignatures;
const textsOf = (size: number) =>
  Array.from({ length: size }, (_, n) => JSON.stringify({ v: 1, n, key: signer.key }));
const isSigned = (text: string) => isSignedBy({ event: JSON.parse(text), text }, check, hashEvent);

describe('a signature over several events', () => {
  test('is one over the root of their tree and their number', () => {
    const signed: string[] = [];
    const listening: Signer = {
      key: signer.key,
      sign(text) {
        signed.push(text);
        return signer.sign(text);
      },
    };
    for (let size = 2; size <= 33; size += 1) {
      const texts = textsOf(size);
      withSharedSignature(texts, listening, hashEvent);
      expect(signed.splice(0)).toEqual([`events ${size} ${rootOf(texts)}`]);
    }
  });

  test('fits each of them alone, and none that was changed', () => {
    for (let size = 2; size <= 33; size += 1) {
      const signed = withSharedSignature(textsOf(size), signer, hashEvent);
      expect(signed.every(isSigned)).toBe(true);
      expect(signed.some((text) => isSigned(text.replace('"v":1', '"v":2')))).toBe(false);
    }
  });

  test('fits at no other place, in no other number, and with no other path', () => {
    const anyCommit = fc
      .integer({ min: 2, max: 40 })
      .chain((size) =>
        fc.record({ size: fc.constant(size), index: fc.nat(size - 1), other: fc.nat(60) }),
      );
    fc.assert(
      fc.property(anyCommit, ({ size, index, other }) => {
        const text = withSharedSignature(textsOf(size), signer, hashEvent)[index] ?? '';
        const moved = text.replace(`"index":${index}`, `"index":${other}`);
        expect(isSigned(moved)).toBe(other === index);
        const counted = text.replace(`"size":${size}`, `"size":${other}`);
        expect(isSigned(counted)).toBe(other === size);
        expect(isSigned(text.replace('"path":"', `"path":"${'0'.repeat(64)}`))).toBe(false);
        expect(isSigned(text.replace(/"path":"./, '"path":"'))).toBe(false);
      }),
    );
  });

  test('of a single event is over the event itself', () => {
    const [text = ''] = withSharedSignature(textsOf(1), signer, hashEvent);
    expect(splitSignature(text)).toEqual({ unsigned: textsOf(1)[0], sig: expect.any(String) });
    expect(JSON.parse(text).sig).toBe(signer.sign(textsOf(1)[0] ?? ''));
  });
});
