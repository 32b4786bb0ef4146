import { createHash } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

type Key = ReturnType<typeof nkeys.createUser>;

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
/** In seconds, as a JWT has it. */
const seconds = (): number => Math.floor(Date.now() / 1000);

/** A JWT of NATS: the claims of `subject`, signed by the key above it. */
function jwt(
  { name, subject, expires, nats }: { name: string; subject: Key; expires?: number; nats: object },
  signer: Key,
): string {
  const claims = {
    ...{ iat: seconds(), iss: signer.getPublicKey(), name, sub: subject.getPublicKey() },
    ...(expires !== undefined && { exp: expires }),
    nats: { version: 2, ...nats },
  };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
  const head = base64(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }));
  const text = `${head}.${base64(JSON.stringify({ ...claims, jti }))}`;
  return `${text}.${base64(signer.sign(new TextEncoder().encode(text)))}`;
}

/** A server in operator mode with one account, and credentials files for its users. */
export function operatorMode() {
  const [operator, account, system] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
  ];
  const unlimited = {
    ...{ subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true },
    ...{ conn: -1, leaf: -1 },
  };
  const storage = {
    ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
    ...{ max_ack_pending: -1, mem_max_stream_bytes: -1, disk_max_stream_bytes: -1 },
  };
  const accountOf = (name: string, subject: Key, limits: object) =>
    jwt({ name, subject, nats: { type: 'account', limits, default_permissions: {} } }, operator);
  const operatorJwt = jwt(
    {
      ...{ name: 'operator', subject: operator },
      nats: { type: 'operator', system_account: system.getPublicKey() },
    },
    operator,
  );
  return {
    config: (store: string): string => `
jetstream { store_dir: "${store}" }
operator: ${operatorJwt}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${account.getPublicKey()}: ${accountOf('APP', account, { ...unlimited, ...storage })}
  ${system.getPublicKey()}: ${accountOf('SYS', system, unlimited)}
}`,
    /** The text of a credentials file of a new user, which expires after so many seconds. */
    creds(expiresIn?: number): string {
      const user = nkeys.createUser();
      const token = jwt(
        {
          ...{ name: 'rollcall', subject: user },
          ...(expiresIn !== undefined && { expires: seconds() + expiresIn }),
          nats: { type: 'user', pub: {}, sub: {}, subs: -1, data: -1, payload: -1 },
        },
        account,
      );
      const seed = new TextDecoder().decode(user.getSeed());
      return [
        ...['-----BEGIN NATS USER JWT-----', token, '------END NATS USER JWT------', ''],
        ...['-----BEGIN USER NKEY SEED-----', seed, '------END USER NKEY SEED------', ''],
      ].join('\n');
    },
  };
}
