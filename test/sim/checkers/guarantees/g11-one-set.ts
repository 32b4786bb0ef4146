import type { InstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import type { ConsumerProcess } from '../../phases/consumer-process.ts';
import type { Simulated } from '../../simulation-result.ts';
import type { Checker } from '../checks.ts';

/**
 * A consumer gets each `service/id` once. Its token decreases only if the owner of the higher token is over
 * (ADR 4.12).
 */
export const g11: Checker = {
  guarantee: 'G11',
  of: (sim, complain) => {
    const highest = new Map<ConsumerProcess, Map<string, InstanceRow>>();
    return {
      onLook: () => {
        for (const [name, consumer] of sim.roster.consumers) {
          const before = highest.get(consumer) ?? new Map<string, InstanceRow>();
          highest.set(consumer, before);
          const live = Map.groupBy(
            consumer.directory.instances().filter(({ state }) => state !== 'dubious'),
            ({ service, id }) => `${service}/${id}`,
          );
          for (const [what, rows] of live) {
            const [row, other] = rows;
            if (!row) continue;
            if (other) complain(`${name}: ${what} is there twice: ${row.run} and ${other.run}`);
            const last = before.get(what);
            if (last && row.token < last.token && !isOver(last, sim)) {
              complain(`${name}: ${what} ran back from ${last.token} to ${row.token}`);
            }
            before.set(what, row);
          }
        }
      },
    };
  },
};

/** Whether the owner lost this instance: it expired, is gone, or released the instance itself. */
function isOver({ host, agent, service, id, run }: InstanceRow, { fleet }: Simulated): boolean {
  const place = `${host}/${agent}`;
  const stands = fleet.instance(place, `${service}/${id}`);
  if (stands.kind !== 'stored' || stands.record.run !== run) return true;
  return fleet.holder(place) !== run || fleet.phase(place) === 'expired';
}
