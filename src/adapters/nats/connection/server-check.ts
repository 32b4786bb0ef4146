import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { askApi } from './jetstream-api.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

/** The first release with atomic batches that are whole after a leader change. */
const leastServer = '2.12.1';

/**
 * Refuses a server that cannot keep the store's promises.
 * @throws {Fault} `server-too-old`, `store-misconfigured` (no JetStream), `store-unavailable`
 */
export async function checkServer(link: SupervisedConnection, within: Millis): Promise<void> {
  const { info } = link.connection;
  const version = info?.version ?? 'unknown';
  if (!atLeast(version, leastServer)) {
    throw new Fault(
      'server-too-old',
      `the server at ${link.connection.getServer()} is nats-server ${version}; at least ${leastServer} is needed`,
      { hint: 'atomic batches and per-key TTLs came with 2.12; update the server' },
    );
  }
  // Seen under chaos: a server whose disk is full turns JetStream off until it is started again.
  const hint =
    'start nats-server with -js, or give the account `jetstream: enabled`; if it had it before, its log says why it was turned off (a full disk does that)';
  // Without JetStream on this very server another one of its cluster may still serve it: ask.
  const patience = info?.jetstream === true ? within : Math.min(within, 1000);
  const answer = await askApi(link, 'INFO', {}, { within: patience }).catch((cause: unknown) => {
    if (info?.jetstream === true || !(cause instanceof Fault)) throw cause;
    throw new Fault('store-misconfigured', 'this server has no JetStream', { cause, hint });
  });
  if ('ok' in answer) return;
  throw new Fault('store-misconfigured', `no JetStream: ${answer.error.description}`, { hint });
}

/** Compares the three numbers of a version; what follows them (`-RC.1`) counts for nothing. */
export function atLeast(version: string, least: string): boolean {
  const [a, b] = [numbers(version), numbers(least)];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const numbers = (version: string): readonly number[] =>
  (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
