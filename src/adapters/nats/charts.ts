import { Fault } from '../../domain/fault.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { Millis } from '../../domain/time.ts';
import type { Charts } from '../../ports/charts.ts';
import type { BucketNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { keysBelow } from './read/keys-below.ts';
import { readEntry } from './read/leader-read.ts';
import { putOnce } from './write/put-once.ts';

/**
 * Charts, stored in the bucket of the keyframes: both are written once and are never folded, watched or
 * verified (docs/adr/0007-charts.md).
 */
export function natsCharts(
  connection: SupervisedConnection,
  bucket: BucketNames,
  within: Millis,
): Charts {
  const keyOf = (machine: string, hash: string) => `chart.${encodeSubjectToken(machine)}.${hash}`;
  const read = async (key: string) => (await readEntry(connection, bucket, key, within)).text;
  // A request without the right would be a violation in the log of the server, with each start of an agent.
  const requireRight = () => {
    if (connection.reads === 'own-keys') {
      throw new Fault('store-refused', 'this login may not publish charts');
    }
  };
  return {
    get: (machine, hash) => read(keyOf(machine, hash)),

    async missing(charts) {
      requireRight();
      const listed = await keysBelow(connection, bucket, 'chart.>', within);
      const keys = new Set(listed.keys);
      return charts.filter(({ machine, hash }) => !keys.has(keyOf(machine, hash)));
    },

    async publish(machine, hash, text) {
      requireRight();
      const key = keyOf(machine, hash);
      if ((await read(key)) !== undefined) return 'already';
      await putOnce(connection, { subject: bucket.prefix + key, text, onlyNew: true }, within);
      return 'published';
    },
  };
}
