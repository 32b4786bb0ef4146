import { connectNats } from '../../adapters/nats/connection/connect.ts';
import { ownDomain } from '../../adapters/nats/connection/js-domain.ts';
import { checkServer } from '../../adapters/nats/connection/server-check.ts';
import { SupervisedConnection } from '../../adapters/nats/connection/supervised-connection.ts';
import { seconds } from '../../domain/time.ts';
import type { Access } from './access.ts';

const connectWithin = seconds(3);

/**
 * Connects to work on the streams of a namespace as a whole: they may be missing, or have wrong settings.
 * @param as the purpose, in the name of the connection on the server
 * @throws {Fault} `store-unavailable`, `store-refused`, `server-too-old`, `store-misconfigured`
 */
export async function connectServer(
  access: Access,
  as: string,
  signal: AbortSignal,
): Promise<SupervisedConnection> {
  const { jsDomain } = access;
  const client = await connectNats({ ...access, name: `rollcall ${as}`, connectWithin, signal });
  const connection = new SupervisedConnection(
    client,
    jsDomain === ownDomain ? undefined : jsDomain,
  );
  try {
    await checkServer(connection, connectWithin);
    return connection;
  } catch (cause) {
    await connection[Symbol.asyncDispose]();
    throw cause;
  }
}
