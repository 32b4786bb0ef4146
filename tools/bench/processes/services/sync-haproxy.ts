import { writeFileAtomic } from '../../../../src/adapters/files/atomic-write.ts';
import { HaproxyDriver } from '../../../../src/adapters/haproxy/haproxy-driver.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { type Access, openStore, portsOf } from '../../environment/access.ts';
import { openServiceView } from '../../environment/service-view.ts';
import type { Jobs } from '../job.ts';

type SyncHaproxy = Jobs['sync-haproxy'];

/** `rollcall sync haproxy`, until its process ends. */
export async function syncHaproxy(
  access: Access,
  { socket, backend, service, stateFile }: SyncHaproxy['task'],
): Promise<SyncHaproxy['answer']> {
  const ports = portsOf(await openStore(access, 'sync'));
  const view = await openServiceView(ports);
  const driver = new HaproxyDriver(
    {
      ...{ socket, backends: [{ backend, service, slots: '' }], policy: 'prefer-live' },
      ...{ drain: seconds(1), keepLast: 0 },
      saveState: stateFile === undefined ? undefined : (text) => writeFileAtomic(stateFile, [text]),
    },
    view,
    ports,
  );
  void driver.follow(new AbortController().signal);
  return 'following';
}
