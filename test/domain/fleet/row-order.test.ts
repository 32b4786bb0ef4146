import { expect, test } from 'vitest';
import {
  compareAgents,
  compareInstances,
  troubleFirst,
} from '../../../src/domain/fleet/row-order.ts';
import { agentRow, instanceRow } from '../../cli/support/sample-rows.ts';

test('rows for people have what is not live first, each part by name', () => {
  const rows = [
    instanceRow({ id: 'w3', state: 'dubious' }),
    instanceRow({ id: 'w1' }),
    instanceRow({ id: 'w2', state: 'failing' }),
    instanceRow({ id: 'w0' }),
  ];
  const sorted = troubleFirst(rows.toSorted(compareInstances));
  expect(sorted.map(({ id }) => id)).toEqual(['w2', 'w3', 'w0', 'w1']);
  const agents = [agentRow({ host: 'h2' }), agentRow({ host: 'h3', state: 'suspect' }), agentRow()];
  expect(troubleFirst(agents.toSorted(compareAgents)).map(({ host }) => host)).toEqual([
    ...['h3', 'h1', 'h2'],
  ]);
});
