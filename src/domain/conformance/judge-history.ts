import type { AuditEvent } from '../events/event-schema.ts';
import type { RunRef, Slot } from '../identity/names.ts';
import type { Check, Divergence } from '../replay/divergence.ts';
import type { Rule, Verdicts } from './rules.ts';

const isOf = ({ of }: AuditEvent, slot: Slot): boolean =>
  (of.entity === 'run' || of.entity === 'instance') &&
  of.host === slot.host &&
  of.agent === slot.agent;

/** The events about a slot's run and instances, in order. */
export const eventsOf = (events: readonly AuditEvent[], slot: Slot): readonly AuditEvent[] =>
  events.filter((event) => isOf(event, slot));

const nameOf = ({ host, agent, run }: RunRef): string => JSON.stringify([host, agent, run]);

const endings: Readonly<Record<string, Rule>> = { expired: 15, superseded: 16 };

/** Rules 15 and 16: a run that ended has written nothing since. */
export function judgeEnds(events: readonly AuditEvent[], verdicts: Verdicts): void {
  const ended = new Map<string, Rule>();
  for (const event of events) {
    const { actor, of } = event;
    const rule = ended.get(nameOf(actor));
    if (rule !== undefined) {
      const what = rule === 15 ? 'was declared dead' : 'was superseded';
      verdicts.fail(rule, `the run ${actor.run} ${what}, and wrote ${event.event.type} afterwards`);
    }
    const ends = of.entity === 'run' ? endings[event.event.type] : undefined;
    if (ends !== undefined && of.entity === 'run') ended.set(nameOf(of), ends);
  }
}

/** Rule 13, of a slot whose process was killed and started again without its second instance. */
export function judgeTakeover(events: readonly AuditEvent[], verdicts: Verdicts): void {
  const runs = events.filter(({ event, of }) => of.entity === 'run' && event.type === 'started');
  const [first, second] = runs.map(({ of }) => of.run);
  if (first === undefined || second === undefined) return;
  const ofFirst = events.filter(({ of }) => of.run === first);
  const last = (entity: string) => ofFirst.filter(({ of }) => of.entity === entity).at(-1);
  const end = last('run')?.event.type;
  if (end !== 'superseded') {
    verdicts.fail(13, `the chain of the run before ends with ${end}, not with superseded`);
  }
  const ends = ofFirst
    .filter(
      ({ event, of }) => of.entity === 'instance' && ['adopted', 'removed'].includes(event.type),
    )
    .map(({ event }) => `${event.type}${event['why'] === undefined ? '' : ` (${event['why']})`}`);
  const found = [...ends].sort().join(' and ');
  const expected = 'adopted and removed (deregistered)';
  if (found === expected) verdicts.pass(13, `superseded, and of its instances ${expected}`);
  else
    verdicts.fail(
      13,
      `of the instances of the run before: ${found || 'nothing'}; expected ${expected}`,
    );
}

/** Rule 21, of a slot whose process was asked to stop. */
export function judgeFarewell(events: readonly AuditEvent[], verdicts: Verdicts): void {
  const types = events
    .filter(({ of, event }) => of.entity === 'run' || event.type === 'removed')
    .map(({ of, event }) => (of.entity === 'run' ? event.type : `removed (${event['why']})`));
  const farewell = types.slice(types.lastIndexOf('withdrawn'));
  // The events of one batch may have any order, so `left` may come before the removals of its batch.
  const expected = ['withdrawn', 'left', 'removed (left)', 'removed (left)'];
  const isComplete = [...farewell].sort().join() === expected.sort().join();
  if (isComplete) verdicts.pass(21, farewell.join(', '));
  else verdicts.fail(21, `it ended with ${types.slice(-4).join(', ')}`);
}

const rulesOfChecks: Partial<Readonly<Record<Check, Rule>>> = {
  illegible: 6,
  subject: 6,
  record: 6,
  gap: 8,
  repeated: 8,
  hash: 8,
  from: 8,
  target: 8,
  edges: 8,
  author: 8,
  end: 8,
  order: 8,
  signature: 8,
  registry: 8,
};

/** Rules 6, 7 and 8, by what `audit verify` finds. */
export function judgeDivergences(
  divergences: readonly Divergence[],
  events: number,
  verdicts: Verdicts,
): void {
  for (const { check, entity, expected, found } of divergences) {
    const isNumber = /\b(term|token)\b/.test(`${expected} ${found}`);
    const rule = isNumber ? 7 : rulesOfChecks[check];
    if (rule !== undefined)
      verdicts.fail(rule, `${entity}: ${check}: expected ${expected}, found ${found}`);
  }
  if (events === 0) return;
  for (const rule of [6, 7, 8] as const)
    verdicts.pass(rule, `audit verify replayed ${events} events`);
}
