import { expect, test } from 'vitest';
import { filterPlan } from '../../../src/cli/gc/filter-plan.ts';
import { planTable } from '../../../src/cli/gc/plan-table.ts';
import type { PlanRow } from '../../../src/domain/collection/gc-plan.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { agentEntry, agentRecord } from '../../domain/support/sample-records.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const fleet = new Fleet();
fleet.replace(
  [agentEntry(1, { ...agentRecord('h1/a', 'run00001'), zone: ZoneName.parse('ams') })],
  1,
);

const row = (host: string | null, run: string, more: Partial<PlanRow> = {}): PlanRow => ({
  ...{ kind: 'run', why: 'silent', host, agent: host && 'a', run: host && run, key: null },
  ...{ detail: null, instances: 1, since: 0, next: 'expire', at: 1, latest: 2, heldBy: null },
  ...more,
});
const rows = [
  row('h1', 'run00001'),
  row('h2', 'run00002', { why: 'unreachable' }),
  row(null, '', { kind: 'record', why: 'unreadable', key: 'agent.h3.x' }),
];
const left = (text: string) => filterPlan(rows, text, fleet).map(({ host, key }) => host ?? key);

test.each([
  ['', ['h1', 'h2', 'agent.h3.x']],
  ['host:h2', ['h2']],
  ['agent:a host:h*', ['h1', 'h2']],
  ['zone:ams', ['h1']],
  ['silent', ['h1']],
  ['h3', ['agent.h3.x']],
])('a plan is filtered like a list: %s', (text, names) => {
  expect(left(text)).toEqual(names);
});

test('silence under a hold is planned', () => {
  const heldBy = { by: 'hold', until: 1, why: null } as const;
  const all = [row('h1', 'run00001', { heldBy }), row('h2', 'run00002')];
  const hosts = (text: string) => filterPlan(all, text, fleet).map(({ host }) => host);
  expect(hosts('planned')).toEqual(['h1']);
  expect(hosts('silent')).toEqual(['h2']);
  const drawn = planTable(all, 0, { width: 120, palette: fakeTerminal().io.palette }).split('\n');
  expect(drawn.find((line) => line.includes('h1/a'))).toContain('planned');
  expect(drawn.find((line) => line.includes('h2/a'))).toContain('silent');
});

test('a field that a plan does not have is refused', () => {
  expect(() => left('service:web')).toThrow('service:web');
});
