import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { Charts } from '../../ports/charts.ts';
import type { MemoryWorld } from './server/memory-server.ts';
import { answerOver, type Link } from './server/transport.ts';

export function memoryCharts({ charts }: MemoryWorld, link: Link): Charts {
  const key = (machine: string, hash: string) => `${encodeSubjectToken(machine)}.${hash}`;
  return {
    get: (machine, hash) =>
      answerOver(link, `reading chart ${machine} ${hash}`, () => charts.get(key(machine, hash))),

    publish: (machine, hash, text) =>
      answerOver(link, `publishing chart ${machine} ${hash}`, () => {
        if (charts.has(key(machine, hash))) return 'already';
        charts.set(key(machine, hash), text);
        return 'published';
      }),
  };
}
