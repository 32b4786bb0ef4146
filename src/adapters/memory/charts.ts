import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { Charts } from '../../ports/charts.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { requestOver, type Transport } from './server/transport.ts';

export function memoryCharts({ charts }: MemoryServer, transport: Transport): Charts {
  const key = (machine: string, hash: string) => `${encodeSubjectToken(machine)}.${hash}`;
  return {
    get: (machine, hash) =>
      requestOver(transport, `reading chart ${machine} ${hash}`, () =>
        charts.get(key(machine, hash)),
      ),

    missing: (wanted) =>
      requestOver(transport, 'listing the charts', () =>
        wanted.filter(({ machine, hash }) => !charts.has(key(machine, hash))),
      ),

    publish: (machine, hash, text) =>
      requestOver(transport, `publishing chart ${machine} ${hash}`, () => {
        if (charts.has(key(machine, hash))) return 'already';
        charts.set(key(machine, hash), text);
        return 'published';
      }),
  };
}
