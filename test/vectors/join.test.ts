import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Fleet } from '../../src/domain/fleet/fleet.ts';
import { fleetRows } from '../../src/domain/fleet/fleet-rows.ts';
import { pickPolicies, selectUsable } from '../../src/domain/fleet/pick.ts';
import type { JoinCase } from '../../tools/docs/vectors/join.ts';

const file = new URL('../../docs/vectors/join.json', import.meta.url);
const cases: readonly JoinCase[] = JSON.parse(await readFile(file, 'utf8'));

test.each(cases.map((one) => [one.name, one] as const))(
  'a consumer joins the records and seats of the vector: %s',
  (_, { records, seats, rows: expected, usable }) => {
    const fleet = new Fleet();
    for (const { key, revision, value } of records.toSorted((a, b) => a.revision - b.revision)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      fleet.apply([{ key, revision, text }], revision);
    }
    const { instances } = fleetRows(fleet, seats > 0 ? 'observed' : 'unobserved');
    const rows = Object.fromEntries(
      instances.map(({ host, agent, run, state, reason }) => [
        `${host}/${agent} ${run}`,
        [state, reason],
      ]),
    );
    expect(rows).toEqual(expected);
    for (const policy of pickPolicies) {
      expect(
        selectUsable(instances, policy).map(({ host }) => host),
        policy,
      ).toEqual(usable[policy]);
    }
  },
);
