import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { sealEvent } from '../../../src/domain/events/hash-chain.ts';
import { signedTextOf } from '../../../src/domain/events/shared-signature.ts';
import {
  isSignedBy,
  splitSignature,
  withSharedSignature,
} from '../../../src/domain/events/signature.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { anyText } from '../../arbitrary/names.ts';
import { anyEvent } from '../../arbitrary/records.ts';

const run = RunId.parse('run000001');

/** Test 2 of RFC 8032, section 7.1: the message is one byte, 0x72, the letter r. */
const vector = {
  secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  sig: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};
const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');

/** The test vector of docs/reference/protocol.md. */
const documented = {
  unsigned: '{"v":1,"n":1,"key":"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"}',
  key: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
};

const signerOfVector = {
  key: base64url(vector.key),
  sign: (text: string) => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: base64url(vector.secret),
      x: base64url(vector.key),
    };
    return sign(null, Buffer.from(text), createPrivateKey({ key: jwk, format: 'jwk' })).toString(
      'base64url',
    );
  },
};

describe.each([
  ['system', systemSignatures],
  ['memory', memorySignatures],
])('signatures of the %s adapter', (_, signatures) => {
  const signer = signatures.signerFor(run);
  const other = signatures.signerFor(RunId.parse('run000002'));

  test('fit to the signed text and the key, and to no other', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const sig = signer.sign(text);
        expect(signatures.check(signer.key, text, sig)).toBe(true);
        expect(signatures.check(signer.key, `${text} `, sig)).toBe(false);
        expect(signatures.check(other.key, text, sig)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('of a sealed event are its last field, over the bytes without it', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { text } = sealEvent(event, signer);
        const split = splitSignature(text);
        expect(JSON.parse(text).sig).toBe(split?.sig);
        expect(split?.unsigned).toBe(JSON.stringify({ ...event, key: signer.key }));
        expect(signatures.check(signer.key, split?.unsigned ?? '', split?.sig ?? '')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('Ed25519 of the system adapter', () => {
  test('gives the signature of RFC 8032', () => {
    expect(signerOfVector.sign('r')).toBe(base64url(vector.sig));
    expect(systemSignatures.check(base64url(vector.key), 'r', base64url(vector.sig))).toBe(true);
  });

  test('gives the signature of the protocol document', async () => {
    expect(signerOfVector.key).toBe(documented.key);
    const page = await readFile(
      new URL('../../../docs/reference/protocol.md', import.meta.url),
      'utf8',
    );
    expect(page).toContain(documented.unsigned);
    expect(page).toContain(signerOfVector.sign(documented.unsigned));
  });

  test('gives the shared signature of the protocol document', async () => {
    const { key } = documented;
    const texts = [1, 2, 3].map((n) => JSON.stringify({ v: 1, n, key }));
    const stored = withSharedSignature(texts, signerOfVector, systemHash);
    const page = await readFile(
      new URL('../../../docs/reference/protocol.md', import.meta.url),
      'utf8',
    );
    for (const text of stored) {
      const entry = { event: JSON.parse(text), text };
      expect(isSignedBy(entry, systemSignatures.check, systemHash)).toBe(true);
    }
    const { sig = '', shared, unsigned = '' } = splitSignature(stored[2] ?? '') ?? {};
    const signed = shared && signedTextOf(unsigned, shared, systemHash);
    expect(page).toContain(`signed  ${signed}`);
    expect(page).toContain(`sig     ${sig}`);
    expect(page).toContain(`"shared":${JSON.stringify(shared)}`);
  });

  test.each([
    ['a key that is too short', vector.key.slice(2), vector.sig],
    ['a signature that is too short', vector.key, vector.sig.slice(2)],
    ['another signature', vector.key, vector.sig.replace('92', '93')],
  ])('refuses %s', (_, key, sig) => {
    expect(systemSignatures.check(base64url(key), 'r', base64url(sig))).toBe(false);
  });

  test('refuses keys and signatures that are no base64url', () => {
    const [key, sig] = [base64url(vector.key), base64url(vector.sig)];
    expect(systemSignatures.check(key, 'r', `${sig.slice(0, -1)}=`)).toBe(false);
    expect(systemSignatures.check(`${key.slice(0, -1)}+`, 'r', sig)).toBe(false);
    expect(systemSignatures.check('', 'r', '')).toBe(false);
  });

  test('makes a new key for each run', () => {
    expect(systemSignatures.signerFor(run).key).not.toBe(systemSignatures.signerFor(run).key);
  });
});
