import type { JetStreamAccountStats } from '@nats-io/jetstream';
import type { Millis } from '../../../domain/time.ts';
import { askApi, expectOk } from './jetstream-api.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

/**
 * The consumers of this account on all its streams. `most`: how many it may have; 0 or less: no limit.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function accountConsumers(
  connection: SupervisedConnection,
  within: Millis,
): Promise<{ readonly used: number; readonly most: number }> {
  const answer = await askApi<JetStreamAccountStats>(connection, 'INFO', {}, { within });
  const { consumers, limits } = expectOk('INFO', answer);
  return { used: consumers, most: limits.max_consumers };
}
