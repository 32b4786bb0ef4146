import { judgeLeftover, judgeRun, type RunEvidence } from '../../src/domain/collection/judge.ts';
import { defaultLease, lateAfter, leftoverAfter } from '../../src/domain/policy/lease-policy.ts';
import type { Choice } from './branch.ts';
import type { Rules } from './removable-rules.ts';
import { movingRun, removing, removingRun } from './run-program.ts';
import { mayLose, seenLease, wordsOf } from './run-steps.ts';
import { type Commit, type InstanceEntry, idle, type State, type Work } from './state.ts';
import { at, fork, nameOf, noInstance, put, store } from './store.ts';

/**
 * src/runtime/collector/observe/gather-evidence.ts, executor.ts, remove.ts, leftovers.ts and clear-leftovers.ts, likewise.
 */

type Examining = Extract<Work, { at: 'examine' }>;
type Removing = Extract<Work, { at: 'remove' }>;
type Clearing = Extract<Work, { at: 'leftovers' }>;

/** Next steps of a collector: see src/runtime/collector/sweeper.ts. A view is read when it is used. */
export function* collectorSteps(state: State, index: number, rules: Rules): Generator<Choice> {
  const work = at(state.collectors, index);
  const does = (say: string, to: Work): Choice => {
    const next = fork(state);
    next.collectors = put(next.collectors, index, to);
    return { say: `a collector ${say}`, calm: true, next };
  };
  if (work.at === 'idle') yield* beginnings(state, rules, does);
  else if (work.at === 'look-first')
    yield does("reads the slot's record", lookedFirst(state, work));
  else if (work.at === 'examine') yield* examine(state, index, work, rules, does);
  else if (work.at === 'remove') yield* remove(state, index, work, rules);
  else yield* clear(state, index, work, rules, does);
  if (work.at === 'idle') return;
  yield { ...does('is killed, and another takes its seat', idle), calm: false };
}

type Does = (say: string, to: Work) => Choice;

/** Time is left out: every clock may have reached the time that a verdict requires. */
function* beginnings(state: State, rules: Rules, does: Does): Generator<Choice> {
  const { without } = rules;
  const { slot, instances: view } = state;
  if (slot.run >= 0 && slot.phase === 'expired') {
    const old = view.map(() => ({ ...noInstance, rev: 0 }));
    const seen = without.has('stale-view') ? old : view;
    yield does('sees the expired run', { at: 'remove', expired: slot, view: seen, from: 0 });
  }
  if (slot.run >= 0 && slot.phase !== 'expired') {
    for (const ripe of slot.suspect ? (['grace'] as const) : ripeOfClear(state, rules)) {
      const work = examining(state, ripe);
      if (without.has('lease-before-record') && ripe !== 'late') {
        const lease = seenLease(state, slot.run, rules);
        yield does(`reads the lease of ${nameOf(slot.run)}: ${lease}`, {
          ...{ at: 'look-first', run: slot.run, lease },
        });
      } else yield does(`reads the record of ${nameOf(slot.run)}, for its ${ripe}`, work);
    }
  }
  const leftovers =
    slot.phase !== 'expired' && view.some(({ owner }) => isLeftover(owner, slot.run));
  if (leftovers) {
    const work = { at: 'leftovers', view, slot: undefined, judged: 0, next: 0 } as const;
    yield does('has seen leftovers for long enough', work);
  }
}

/**
 * A run that claims its lease renewed it less than a ttl ago, so no observer has counted a ttl of silence. Only
 * a server whose clock was set ahead can have ended that lease.
 */
function ripeOfClear(state: State, { serverClock }: Rules): readonly Examining['ripe'][] {
  const { slot, budget, processes, runs } = state;
  const { life, run, holds } = at(processes, at(runs, slot.run).process);
  const isHeard = serverClock === 'ahead' && life === 'up' && run === slot.run && holds;
  return [
    ...(isHeard ? [] : ['silence' as const]),
    ...(budget.doubts > 0 ? ['late' as const] : []),
  ];
}

const isLeftover = (owner: number, holder: number): boolean => owner >= 0 && owner !== holder;

const examining = ({ slot }: State, ripe: Examining['ripe']): Examining => ({
  ...{ at: 'examine', judged: slot, ripe, lease: 'unread', probe: 'unasked' },
  ...{ hold: 'unread', holdRev: 0 },
});

function lookedFirst(state: State, { run, lease }: Extract<Work, { at: 'look-first' }>): Work {
  const { slot } = state;
  if (slot.run !== run || slot.phase === 'expired') return idle;
  return { ...examining(state, slot.suspect ? 'grace' : 'silence'), lease };
}

const evidenceOf = ({ judged, ripe, lease, probe, hold }: Examining): RunEvidence => ({
  phase: judged.phase,
  suspect: judged.suspect,
  silentFor: ripe === 'late' ? lateAfter(defaultLease) : defaultLease.ttl,
  suspectFor: defaultLease.grace,
  ...{ lease, probe, connection: 'open', hold, brake: 'off' },
});

/** src/runtime/collector/observe/gather-evidence.ts: the judge decides what to read and do next. */
function* examine(
  state: State,
  index: number,
  work: Examining,
  rules: Rules,
  does: Does,
): Generator<Choice> {
  const known = rules.without.has('no-look-at-lease') ? ({ lease: 'absent' } as const) : {};
  const evidence = { ...evidenceOf(work), ...known };
  const verdict = judgeRun(evidence, defaultLease);
  const name = nameOf(work.judged.run);
  if (verdict.do === 'ping') {
    const probe = askedOf(state, work.judged.run);
    yield does(`asks ${name}: ${probe}`, { ...work, probe });
    if (probe === 'answered' && state.budget.doubts > 0) {
      const choice = does(`asks ${name}, which is just reconnecting: no responders`, {
        ...{ ...work, probe: 'no-responders' },
      });
      const { budget } = choice.next;
      choice.next.budget = { ...budget, doubts: budget.doubts - 1 };
      yield { ...choice, calm: false };
    }
  } else if (verdict.do === 'read-lease' && work.judged.suspect && work.hold === 'unread') {
    const hold = state.hold.stands ? 'stands' : 'absent';
    yield does(`looks for a hold: ${hold}`, { ...work, hold, holdRev: state.hold.rev });
  } else if (verdict.do === 'read-lease') {
    const lease = seenLease(state, work.judged.run, rules);
    yield does(`reads the lease of ${name}: ${lease}`, { ...work, lease });
  } else if (verdict.do === 'suspect' || verdict.do === 'expire') {
    const why = verdict.do === 'suspect' ? ` ${verdict.why}` : '';
    const write = movingRun(work.judged, verdict.do === 'suspect' ? 'suspected' : 'expired', why);
    if (write === 'ignored') return yield does('finds nothing to do', idle);
    const fenced = verdict.do === 'expire' && !rules.without.has('hold-unfenced');
    const fences = fenced ? [{ key: 'hold' as const, expect: work.holdRev }] : [];
    const commit: Commit = { by: 'collector', writes: [write], fences };
    yield* commits(state, index, commit, rules, () => idle);
  } else yield does(`leaves ${name} alone`, idle);
}

function askedOf({ processes, runs }: State, run: number): RunEvidence['probe'] {
  const process = at(processes, at(runs, run).process);
  if (process.run !== run) return 'no-responders';
  if (process.life === 'frozen') return 'no-answer';
  return process.life === 'up' ? 'answered' : 'no-responders';
}

/** A commit with its answer, or without one. */
function* commits(
  state: State,
  index: number,
  commit: Commit,
  rules: Rules,
  then: (stored: boolean) => Work,
): Generator<Choice> {
  const next = fork(state);
  const { revisions, broken } = store(next, commit);
  const stored = revisions !== 'conflict';
  next.collectors = put(next.collectors, index, then(stored));
  const say = `a collector writes ${wordsOf(commit)}${stored ? '' : ', and is refused'}`;
  yield { say, calm: true, next, broken };
  if (!mayLose(state, rules)) return;
  const lost = fork(state);
  lost.flight = [...lost.flight, commit];
  lost.budget = { ...lost.budget, unknowns: lost.budget.unknowns - 1 };
  lost.collectors = put(lost.collectors, index, then(false));
  yield { say: `a collector sends ${wordsOf(commit)} and gets no answer`, calm: false, next: lost };
}

/** `removeExpired` of src/runtime/collector/execute/remove-instances.ts: batch by batch, the last with the record. */
function* remove(state: State, index: number, work: Removing, rules: Rules): Generator<Choice> {
  const { expired, view, from } = work;
  const stored = view.flatMap((there, key) => (there.owner >= 0 ? [[there, key] as const] : []));
  const batch = stored.slice(from, from + rules.batch);
  const isLast = from + rules.batch >= stored.length;
  const recordFirst = rules.without.has('record-before-instances');
  const withRecord = recordFirst ? from === 0 : isLast;
  const going = removingRun(expired, 'removed');
  const anyway = rules.without.has('record-unconditionally') ? atWhatStands(state, going) : going;
  const fenced = !withRecord && !recordFirst && !rules.without.has('batch-unfenced');
  const commit: Commit = {
    by: 'collector',
    writes: [...batch.map(([there, key]) => removing(there, key)), ...(withRecord ? [anyway] : [])],
    fences: fenced ? [{ key: 'slot', expect: expired.rev }] : [],
  };
  yield* commits(state, index, commit, rules, (done) =>
    done && !isLast ? { ...work, from: from + rules.batch } : idle,
  );
}

/** Without a condition, the event also follows the current record. */
const atWhatStands = ({ slot }: State, write: ReturnType<typeof removingRun>) => ({
  ...write,
  expect: 'any' as const,
  events: slot.run < 0 ? [] : [{ run: slot.run, after: slot.rev, type: 'removed' }],
});

/** src/runtime/collector/execute/remove-leftovers.ts: the slot's record, each owner's lease, then one batch. */
function* clear(
  state: State,
  index: number,
  work: Clearing,
  rules: Rules,
  does: Does,
): Generator<Choice> {
  const { view, slot, judged, next } = work;
  if (!slot) {
    return yield does("reads the slot's record, for leftovers", { ...work, slot: state.slot });
  }
  const due = view.flatMap((there, key) =>
    key >= next && isLeftover(there.owner, slot.run) ? [[there, key] as const] : [],
  );
  const [first] = due;
  if (first && due.length + bits(judged) > 0 && next < view.length) {
    const [{ owner }, key] = first;
    const lease = seenLease(state, owner, rules);
    const verdict = judgeLeftover(
      { leftoverFor: leftoverAfter(defaultLease), lease },
      defaultLease,
    );
    // One read of a lease applies to all instances of its run.
    const same = due.filter((each) => each[0].owner === owner).map((each) => each[1]);
    const mask = same.reduce((mask, each) => mask | (1 << each), 0);
    const rest = due.find((each) => each[0].owner !== owner)?.[1] ?? view.length;
    const more = verdict.do === 'remove' ? judged | mask : judged;
    return yield does(`reads the lease of ${nameOf(owner)}, for ${key + 1}: ${lease}`, {
      ...{ ...work, judged: more, next: rest },
    });
  }
  const chosen = view.flatMap((there, key) => (judged & (1 << key) ? [[there, key] as const] : []));
  if (chosen.length === 0) return yield does('leaves the leftovers', idle);
  const writes = chosen.map(([there, key]) => removingLeftover(state, there, key, rules));
  const fences = rules.without.has('leftovers-unfenced')
    ? []
    : [{ key: 'slot' as const, expect: slot.rev }];
  yield* commits(state, index, { by: 'collector', writes, fences }, rules, () => idle);
}

function removingLeftover(state: State, judged: InstanceEntry, key: number, { without }: Rules) {
  const now = at(state.instances, key);
  const atNow = now.owner >= 0 ? { ...removing(now, key), judged: judged.rev } : undefined;
  if (without.has('delete-what-is-there') && atNow) return atNow;
  if (without.has('delete-unconditionally') && atNow) return { ...atNow, expect: 'any' as const };
  return removing(judged, key);
}

const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
