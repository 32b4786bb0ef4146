import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import type { ServerTime } from '../../../ports/server-time.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from './ensure-streams.ts';
import { serverTimeOf } from './stream-info.ts';

/** The time at the leader of this stream, which every reply about the stream contains. */
export function natsServerTime(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): ServerTime {
  return {
    async now() {
      // Each refusal would be a line in the log of the server.
      if (connection.reads === 'own-keys') {
        throw new Fault(
          'store-refused',
          `this login may not ask for the state of stream ${stream}`,
        );
      }
      const info = await streamInfo(connection, stream, within);
      if (info !== undefined) return serverTimeOf(info);
      throw new Fault('store-unavailable', `stream ${stream} is missing`);
    },
  };
}
