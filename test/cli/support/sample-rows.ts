import type { AgentRow, InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';

export const instanceRow = (more: Partial<InstanceRow> = {}): InstanceRow => ({
  service: 'web',
  id: 'w1',
  host: 'h1',
  agent: 'a',
  run: 'abcdefgh',
  token: 5,
  term: 3,
  state: 'live',
  reason: null,
  since: 0,
  address: null,
  port: null,
  labels: {},
  health: { state: 'serving', detail: null },
  revision: 6,
  successor: null,
  ...more,
});

export const agentRow = (more: Partial<AgentRow> = {}): AgentRow => ({
  host: 'h1',
  agent: 'a',
  run: 'abcdefgh',
  term: 3,
  state: 'live',
  reason: null,
  since: 0,
  ttl: 15_000,
  instances: 1,
  revision: 6,
  ...more,
});
