import type { AuditEvent } from '../../../../src/domain/events/event-schema.ts';
import type { InstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import { defaultKeepLast } from '../../../../src/domain/fleet/kept-instances.ts';
import type { MonotonicTime } from '../../../../src/domain/time.ts';
import type { Checker } from '../checks.ts';

interface Seen {
  readonly rows: readonly InstanceRow[];
  readonly at: MonotonicTime;
}

/**
 * A service that a consumer saw with silent instances does not become empty because a collector removed
 * their records.
 */
export const g13: Checker = {
  guarantee: 'G13',
  survivesLoss: true,
  of: (sim, complain) => {
    /** Why each registration was removed, as its event says. */
    const removed = new Map<string, unknown>();
    /** The runs that announced that they leave: nothing of theirs is kept. */
    const leaving = new Set<string>();
    /** The registrations that last said that they fail or drain: they are not kept, whatever was seen before. */
    const unwell = new Set<string>();
    const registeredAt = new Map<string, MonotonicTime>();
    /** The rows of each service at the last look that found any, by consumer and service. */
    const seen = new Map<string, Seen>();
    return {
      onWritten: ({ events, at }) => {
        for (const { of, event } of events) {
          if (of.entity === 'run' && event.type === 'withdrawn') leaving.add(of.run);
          if (of.entity !== 'instance') continue;
          if (event.type === 'failed' || event.type === 'drained') unwell.add(nameOf(of));
          if (event.type === 'recovered') unwell.delete(nameOf(of));
          if (event.type === 'removed') removed.set(nameOf(of), event['why']);
          if (event.type === 'registered') registeredAt.set(of.service, at);
        }
      },
      onLook: () => {
        for (const [name, { directory }] of sim.roster.consumers) {
          for (const [service, rows] of Map.groupBy(directory.instances(), (row) => row.service))
            seen.set(JSON.stringify([name, service]), { rows, at: sim.now });
          for (const [key, { rows, at }] of seen) {
            const [consumer, service] = JSON.parse(key) as [string, string];
            const isStale = at + defaultKeepLast / 2 < sim.now;
            const isNew = (registeredAt.get(service) ?? 0) >= at;
            if (consumer !== name || at === sim.now || isStale || isNew) continue;
            const collected = rows.filter(
              (row) =>
                isSilent(row) &&
                !leaving.has(row.run) &&
                !unwell.has(nameOf(row)) &&
                removed.get(nameOf(row)) === 'owner-expired' &&
                !hasRival(row, rows),
            );
            if (collected.length === 0 || directory.usable(service, 'prefer-live').length > 0)
              continue;
            const names = collected.map(({ id, run }) => `${id} of ${run}`);
            complain(`${name}: ${service} is empty after ${names} were collected`);
          }
        }
      },
    };
  },
};

type Named = Pick<
  Extract<AuditEvent['of'], { entity: 'instance' }>,
  'host' | 'agent' | 'service' | 'id' | 'run'
>;
const nameOf = ({ host, agent, service, id, run }: Named | InstanceRow): string =>
  JSON.stringify([host, agent, service, id, run]);

/** Another registration has the same name. It gets the name when this one is removed, and its own end counts (G11). */
const hasRival = ({ id, run }: InstanceRow, rows: readonly InstanceRow[]): boolean =>
  rows.some((other) => other.id === id && other.run !== run);

const isSilent = ({ reason, health }: InstanceRow): boolean =>
  health.state === 'serving' && (reason === 'silent' || reason === 'unreachable');
