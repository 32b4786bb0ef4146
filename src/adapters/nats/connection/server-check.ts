import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { askApi } from './jetstream-api.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

/** The first release whose atomic batches stay complete across a leader change. */
const minimumVersion = '2.12.1';

/** @throws {Fault} `server-too-old` */
export function checkVersion({ client }: Pick<SupervisedConnection, 'client'>): void {
  const version = client.info?.version ?? 'unknown';
  if (atLeast(version, minimumVersion)) return;
  throw new Fault(
    'server-too-old',
    `the server at ${client.getServer()} is nats-server ${version}; at least ${minimumVersion} is required`,
    { hint: 'update the server: atomic batches and per-key TTLs need 2.12' },
  );
}

/**
 * Checks that the server is new enough and has JetStream.
 * @throws {Fault} `server-too-old`, `store-misconfigured` (no JetStream), `store-unavailable`
 */
export async function checkServer(connection: SupervisedConnection, within: Millis): Promise<void> {
  const { info } = connection.client;
  checkVersion(connection);
  // Seen in chaos tests: a server with a full disk disables JetStream until it is restarted.
  const hint =
    'start nats-server with -js, or set `jetstream: enabled` for the account; if JetStream was enabled before, the server log says why it was disabled (a full disk does that)';
  // If this server has no JetStream, another server of its cluster may still serve the request.
  const timeout = info?.jetstream === true ? within : Math.min(within, 1000);
  const { jsDomain } = connection;
  const answer = await askApi(connection, 'INFO', {}, { within: timeout }).catch(
    (cause: unknown) => {
      if (jsDomain !== undefined && cause instanceof Fault && cause.code === 'store-unavailable') {
        throw new Fault(
          'store-unavailable',
          `the JetStream domain '${jsDomain}' does not answer through ${connection.client.getServer()}`,
          {
            cause,
            hint: 'check --js-domain, and that the leaf node connection between the servers is up',
          },
        );
      }
      if (info?.jetstream === true || !(cause instanceof Fault)) throw cause;
      throw new Fault('store-misconfigured', 'JetStream is not enabled on this server', {
        cause,
        hint,
      });
    },
  );
  if ('ok' in answer) return;
  throw new Fault(
    'store-misconfigured',
    `JetStream is not available: ${answer.error.description}`,
    { hint },
  );
}

/** Compares the three numbers of a version. A suffix such as `-RC.1` is ignored. */
export function atLeast(version: string, minimum: string): boolean {
  const [a, b] = [numbers(version), numbers(minimum)];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const numbers = (version: string): readonly number[] =>
  (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
