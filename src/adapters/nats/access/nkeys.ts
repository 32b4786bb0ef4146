import { createUser } from '@nats-io/nkeys';

/** An Ed25519 key in the form of NATS. The server needs `key`; `seed` is the secret of its holder. */
interface UserKey {
  readonly key: string;
  readonly seed: string;
}

/** A new key of a user, from random bytes of the operating system. */
export function newUserKey(): UserKey {
  const pair = createUser();
  return { key: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}
