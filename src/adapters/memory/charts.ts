import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { Charts } from '../../ports/charts.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { requestOver, type Transport } from './server/transport.ts';

export function memoryCharts({ charts }: MemoryServer, link: Transport): Charts {
  const key = (machine: string, hash: string) => `${encodeSubjectToken(machine)}.${hash}`;
  return {
    get: (machine, hash) =>
      requestOver(link, `reading chart ${machine} ${hash}`, () => charts.get(key(machine, hash))),

    publish: (machine, hash, text) =>
      requestOver(link, `publishing chart ${machine} ${hash}`, () => {
        if (charts.has(key(machine, hash))) return 'already';
        charts.set(key(machine, hash), text);
        return 'published';
      }),
  };
}
