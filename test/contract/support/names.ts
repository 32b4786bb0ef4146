import { describe, expect, test } from 'vitest';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../../src/domain/identity/names.ts';
import {
  agentKey,
  instanceKey,
  instancesOfAgentFilter,
  leaseKey,
  leasesOfAgentFilter,
} from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { auditOf, byKey, committed, event, held, write } from '../requests.ts';
import { eventually } from './eventually.ts';
import type { Open } from './store-under-test.ts';
import { Observed } from './watch-recorder.ts';

export const hostileNames = {
  'with dots': 'db.example.org',
  'with spaces': ' rack 7, left ',
  'with wildcards': 'a.*.>',
  'with special characters of subjects': '$KV.=2E.>',
  'in unicode': 'Höst 🦉 नमस्ते',
  'of 1 kB': 'n'.repeat(1024),
  'of one dot': '.',
};

export const named = (name: string) => ({
  host: HostId.parse(name),
  agent: AgentName.parse(name.slice(0, 60)),
  run: RunId.parse('0123456789abcdef'),
  service: ServiceName.parse(name.slice(0, 60)),
  id: InstanceId.parse(name.slice(0, 60)),
});

export function nameContract(open: Open): void {
  describe('a store', () => {
    test.each(Object.entries(hostileNames))('handles a name %s like any other', async (_, name) => {
      await using subject = await open();
      const { store } = subject;
      const at = named(name);
      const decoy = { ...named('decoy'), host: HostId.parse('x') };
      await using seen = new Observed((signal) =>
        store.registry.watch([instancesOfAgentFilter(at)], signal),
      );
      const subjects = [
        eventSubject({ entity: 'run', ...at }, 1),
        eventSubject({ entity: 'instance', ...at }, 1),
      ];
      await committed(
        store,
        ...[agentKey(at), instanceKey(at), instanceKey(decoy)].map((key) => write(key, 0, name)),
        ...subjects.map((each) => event(each, name)),
      );
      const entry = { ...(await store.registry.read(instanceKey(at))) };
      expect(entry).toMatchObject({ key: instanceKey(at), text: name });
      expect(
        byKey(await store.registry.list([instancesOfAgentFilter(at)], entry.revision)),
      ).toEqual([entry]);
      await eventually(subject, () => expect(seen.entries).toEqual([entry]));

      await held(store.leases.create(leaseKey(at), name, seconds(600)));
      expect(await store.leases.list(leasesOfAgentFilter(at))).toMatchObject([
        { key: leaseKey(at) },
      ]);

      await eventually(subject, async () =>
        expect((await auditOf(store)).map((stored) => stored.subject)).toEqual(subjects),
      );
      await using _answering = await store.messaging.serve(at, {
        pong: () => ({ lag: 0, state: name }),
        onNotice: () => {},
      });
      expect(await store.messaging.ping(at, seconds(5))).toEqual({ lag: 0, state: name });
    });
  });
}
