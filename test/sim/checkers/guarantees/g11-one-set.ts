import type { InstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import type { ConsumerProcess } from '../../phases/consumer-process.ts';
import type { Simulated } from '../../simulation-result.ts';
import type { Checker } from '../checks.ts';

/**
 * A consumer gets each `service/id` once. Its token decreases only if the owner of the higher token is over
 * (ADR 4.12). A restart of that owner is no end as long as the consumer sees that it is adopting its instances.
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
          const all = consumer.directory.instances();
          const live = Map.groupBy(
            all.filter(({ state }) => state !== 'dubious'),
            ({ service, id }) => `${service}/${id}`,
          );
          for (const [what, rows] of live) {
            const [row, other] = rows;
            if (!row) continue;
            if (other) complain(`${name}: ${what} is there twice: ${row.run} and ${other.run}`);
            const last = before.get(what);
            const isBack = last && row.token < last.token;
            if (isBack && (isAdopting(last, all) || !isOver(last, sim))) {
              complain(`${name}: ${what} ran back from ${last.token} to ${row.token}`);
            }
            before.set(what, row);
          }
        }
      },
    };
  },
};

/** Whether the consumer sees that a newer run of the owner has not announced yet which instances it adopts. */
const isAdopting = ({ service, id, run }: InstanceRow, all: readonly InstanceRow[]): boolean =>
  all.some(
    (row) =>
      row.service === service &&
      row.id === id &&
      row.run === run &&
      row.successor === 'registering',
  );

/** Whether the owner lost this instance: it expired, is gone, or released the instance itself. */
function isOver({ host, agent, service, id, run }: InstanceRow, { fleet }: Simulated): boolean {
  const place = `${host}/${agent}`;
  const stands = fleet.instance(place, `${service}/${id}`);
  if (stands.kind !== 'stored' || stands.record.run !== run) return true;
  return fleet.holder(place) !== run || fleet.phase(place) === 'expired';
}
