import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { type Access, openStore, portsOf } from '../environment/access.ts';
import type { Jobs } from './job.ts';

/** Takes a seat and watches until the process ends. */
export async function collect(
  access: Access,
  { lease, name = 'collector' }: Jobs['collect']['task'],
): Promise<Jobs['collect']['answer']> {
  const me = {
    host: HostId.parse('watch'),
    agent: AgentName.parse(name),
    run: systemEntropy.runId(),
  };
  const ports = portsOf(await openStore(access, me));
  const watching = Promise.withResolvers<'watching'>();
  const collector = new Collector(
    me,
    {
      lease,
      onTransition: ({ event }) => {
        if (event.type === 'sighted') watching.resolve('watching');
      },
    },
    ports,
  );
  return Promise.race([watching.promise, collector.done.then(() => 'watching' as const)]);
}
