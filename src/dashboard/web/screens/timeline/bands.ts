import type { ApiEntity } from '../../../api-types.ts';
import type { Lane } from '../../../history/query-types.ts';
import type { Window } from '../../format/time-scale.ts';
import { entityName } from '../../model/subject.ts';
import { barsOf } from '../../widgets/state-bars.ts';

/** The states that are bands, by kind of entity, and what they are called. */
const kinds: Readonly<Record<string, readonly [status: string, name: string]>> = {
  hold: ['planned', 'hold'],
  brake: ['braked', 'brake'],
  collector: ['blind', 'blind collector'],
};

/** A time in which silence was planned, expiry was slowed, or a collector judged nothing. */
export interface Band extends Window {
  readonly kind: string;
  readonly name: string;
  /** The hold or brake that it shows. Other bands concern all lanes. */
  readonly of?: ApiEntity;
}

/** Whether a hold covers one of these entities, or a brake one of their zones. */
export function concerns(
  { of }: Band,
  entities: readonly ApiEntity[],
  zones: ReadonlySet<string>,
): boolean {
  if (of?.entity === 'brake') return zones.has(of.zone);
  return (
    of?.entity === 'hold' &&
    entities.some(
      (one) =>
        'host' in one &&
        one.host === of.host &&
        (of.agent === undefined || ('agent' in one && one.agent === of.agent)),
    )
  );
}

/** The style of a band. */
export const bandClass = (kind: string): string => `band ${kind.split(' ')[0]}`;

export const hasBands = ({ entity }: ApiEntity): boolean => entity in kinds;

/** The times in a range at which the store did not answer the dashboard server; without an end, it still does not. */
export const outageBands = (
  outages: readonly (readonly [from: number, to?: number])[],
  window: Window,
): readonly Band[] =>
  outages.flatMap(([start, end = window.to]) => {
    const [from, to] = [Math.max(start, window.from), Math.min(end, window.to)];
    return from < to ? { kind: 'outage', name: 'no answer from NATS', from, to } : [];
  });

/** More bands would hide the lanes. The newest are drawn. */
const most = 60;

/** The bands in a range of time, from the lanes of their entities. */
export const bandsOf = (
  lanes: readonly Lane[],
  entityOf: (number: number) => ApiEntity | undefined,
  window: Window,
): readonly Band[] =>
  lanes
    .flatMap((lane) => {
      const of = entityOf(lane.entity);
      const [wanted, kind = ''] = kinds[of?.entity ?? ''] ?? [];
      if (!of || wanted === undefined) return [];
      return barsOf(of.entity, lane, window)
        .bars.filter(({ status }) => status === wanted)
        .map(({ from, to }) => ({
          ...{ from, to, kind, name: entityName(of) },
          ...(of.entity !== 'collector' && { of }),
        }));
    })
    .sort((a, b) => a.from - b.from)
    .slice(-most);
