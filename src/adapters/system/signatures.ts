import { Buffer } from 'node:buffer';
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import type { Signatures } from '../../ports/signatures.ts';

/** 32 and 64 bytes in base64url without padding. */
const keyPattern = /^[\w-]{43}$/;
const sigPattern = /^[\w-]{86}$/;

/** A key is used for many events in a row: its parsed form is kept. */
const maxKeys = 1000;
const parsedKeys = new Map<string, KeyObject>();

/** Ed25519 (RFC 8032) of the platform. */
export const systemSignatures: Signatures = {
  signerFor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return {
      key: publicKey.export({ format: 'jwk' }).x ?? '',
      sign: (text) => signBytes(null, Buffer.from(text), privateKey).toString('base64url'),
    };
  },

  check(key, text, sig) {
    if (!keyPattern.test(key) || !sigPattern.test(sig)) return false;
    const parsed = parsedKey(key);
    return (
      parsed !== undefined &&
      verifyBytes(null, Buffer.from(text), parsed, Buffer.from(sig, 'base64url'))
    );
  },
};

/** Undefined if these bytes are no key. */
function parsedKey(key: string): KeyObject | undefined {
  const known = parsedKeys.get(key);
  if (known) return known;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: key };
    const parsed = createPublicKey({ key: jwk, format: 'jwk' });
    if (parsedKeys.size >= maxKeys) parsedKeys.clear();
    parsedKeys.set(key, parsed);
    return parsed;
  } catch {
    return undefined;
  }
}
