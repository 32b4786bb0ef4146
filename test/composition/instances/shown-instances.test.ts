import { expect, test } from 'vitest';
import { InstanceSources } from '../../../src/composition/instances/instance-sources.ts';
import { ShownInstances } from '../../../src/composition/instances/shown-instances.ts';
import type { Slot } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { mostInstances } from '../../../src/domain/records/record-budget.ts';

test('a source gives the agent at most 10000 instances, and those that it has come before new ones', () => {
  const sources = new InstanceSources({ host: 'h1', agent: 'a' } as Slot);
  const shown = new ShownInstances(sources.of('docker'));
  const wanted = (ids: readonly string[]) =>
    new Map(
      ids.map((id) => {
        const spec = InstanceSpec.parse({ service: 'web', id });
        return [id, { spec, health: { state: 'serving' } as const }];
      }),
    );
  const old = Array.from({ length: mostInstances }, (_, n) => `old-${n}`);
  expect(shown.show(wanted(old))).toEqual({ taken: [], excess: 0 });
  expect(shown.show(wanted(['new', ...old]))).toEqual({ taken: [], excess: 1 });
  const registered = () => sources.initial.specs.map(({ id }) => id as string);
  expect(registered()).toHaveLength(mostInstances);
  expect(registered()).not.toContain('new');
  expect(shown.show(wanted(['new', ...old.slice(1)]))).toEqual({ taken: [], excess: 0 });
  expect(registered()).toContain('new');
});
