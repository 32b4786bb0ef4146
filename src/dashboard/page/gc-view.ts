import type { PlanRow } from '../../domain/plan.ts';
import type { Transition } from '../questions.ts';
import type { WirePlan } from '../wire.ts';
import { counted } from './times.ts';

/** The way of a dead run, in columns. */
export interface Pipeline {
  readonly suspect: readonly PlanRow[];
  readonly due: readonly PlanRow[];
  readonly removing: readonly PlanRow[];
  readonly stuck: readonly PlanRow[];
}

/** Which column each row of the plan is in: waiting for its grace, due to expire, being removed, or stuck. */
export function pipelineOf(rows: readonly PlanRow[]): Pipeline {
  const columns = {
    suspect: [] as PlanRow[],
    due: [] as PlanRow[],
    removing: [] as PlanRow[],
    stuck: [] as PlanRow[],
  };
  for (const row of rows) {
    if (row.next === 'nothing') columns.stuck.push(row);
    else if (row.next === 'remove') columns.removing.push(row);
    else if (row.heldBy === null || row.heldBy.by === 'grace') columns.suspect.push(row);
    else columns.due.push(row);
  }
  return columns;
}

/** What keeps a row from going on, in words. */
export function hindrance({ heldBy }: PlanRow): string {
  switch (heldBy?.by) {
    case undefined:
      return '';
    case 'grace':
      return 'its grace has not passed';
    case 'hold':
      return `a hold stands${heldBy.why === null ? '' : `: ${heldBy.why}`}`;
    case 'brake':
      return `the brake of zone ${heldBy.zone}: ${heldBy.suspect} of ${heldBy.seen} suspect${
        heldBy.turn === null
          ? ''
          : `; ${ordinal(heldBy.turn)} in turn, one every ${heldBy.pace / 1000} s`
      }`;
    case 'lease-stands':
      return 'its lease stands';
    case 'answers':
      return 'it answers when it is asked';
    case 'observation':
      return 'a collector has not seen it as a leftover for long enough';
    case 'unobserved':
      return 'no collector watches';
    case 'unreadable':
      return 'its record cannot be read';
    default:
      return heldBy satisfies never;
  }
}

const ordinal = (n: number): string =>
  `${n}${['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

/** In one line: what is going on. */
export function verdict(plan: WirePlan, { suspect, due, removing, stuck }: Pipeline): string {
  const parts = [
    plan.seats === null
      ? ''
      : plan.seats === 0
        ? 'nobody watches'
        : `${counted(plan.seats, 'collector')} watching`,
    `${counted(suspect.length + due.length, 'run')} suspect`,
    `${removing.length} being removed`,
    `${stuck.length} stuck`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** A removal that did not happen, and rightly so. */
export interface Avoided {
  readonly transition: Transition;
  readonly why: string;
}

/** Suspicions that were refuted, holds and brakes, slots that were taken over: the proof that it is safe. */
export function conflictsAvoided(transitions: readonly Transition[]): readonly Avoided[] {
  return transitions.flatMap((transition): Avoided[] => {
    const { type, from } = transition;
    if (type === 'regranted' && from?.includes('suspect')) {
      return [
        { transition, why: 'came back alive before it was expired: the suspicion is refuted' },
      ];
    }
    if (type === 'planned')
      return [{ transition, why: 'silence there was planned: nothing expires' }];
    if (type === 'tripped')
      return [{ transition, why: 'too much was silent at once: the brake holds expiries back' }];
    if (type === 'superseded')
      return [{ transition, why: 'another run holds the slot: this one is fenced off' }];
    if (type === 'adopted')
      return [{ transition, why: 'a later run owns it now: not removed with the old one' }];
    return [];
  });
}
