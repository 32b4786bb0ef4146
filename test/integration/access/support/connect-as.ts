import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { inboxPrefixOf, type Role } from '../../../../src/adapters/nats/access/member.ts';
import type { AccessServer } from './access-server.ts';

/** A connection of the bare client with the key of a member. */
export async function connectAs(
  server: AccessServer,
  role: Role,
  name: string,
): Promise<NatsConnection> {
  const seed = (await readFile(join(server.login(role, name), 'user.nk'), 'utf8')).trim();
  return connect({
    servers: server.url,
    inboxPrefix: inboxPrefixOf({ role, name }),
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
  });
}
