import { describe, expect, test } from 'vitest';
import { credentialsExpiry } from '../../../../src/adapters/nats/login/credentials-expiry.ts';
import { diagnoseLogin } from '../../../../src/cli/doctor/login.ts';
import { days, minutes } from '../../../../src/domain/time.ts';

/** A credentials file whose JWT has these claims. */
const credsOf = (claims: unknown): string => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [
    '-----BEGIN NATS USER JWT-----',
    `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}.c2lnbmF0dXJl`,
    '------END NATS USER JWT------',
  ].join('\n');
};

describe('the end of a credentials file', () => {
  test('is that of its JWT, in ms', () => {
    expect(credentialsExpiry(credsOf({ exp: 1_800_000_000 }))).toBe(1_800_000_000_000);
  });

  test.each([
    ['has no end', credsOf({ sub: 'U' })],
    ['has an end of 0, which is none', credsOf({ exp: 0 })],
    ['has a text as its end', credsOf({ exp: 'soon' })],
    ['has an end that no date can show', credsOf({ exp: 1e300 })],
    ['has claims that are null', credsOf(null)],
    ['is no credentials file', 'SUAM'],
    ['is empty', ''],
  ])('is not known if it %s', (_what, text) => {
    expect(credentialsExpiry(text)).toBeUndefined();
  });
});

describe('doctor', () => {
  const now = 1_800_000_000_000;

  test.each([
    [undefined, []],
    [now + days(30), ['ok']],
    [now + days(2), ['note']],
    [now - minutes(1), ['note']],
  ])('reports credentials that expire at %s', (expires, levels) => {
    expect(diagnoseLogin(expires, now).map(({ level }) => level)).toEqual(levels);
  });
});
