import { seconds } from '../../../src/domain/time.ts';
import { agentDeeds } from '../faults/agents.ts';
import { clockFaults, longSteps } from '../faults/clocks.ts';
import { lineFaults } from '../faults/lines.ts';
import { madeAnew } from '../faults/made-anew.ts';
import { momentFaults } from '../faults/moments.ts';
import { drawOldFault, oldFaults } from '../faults/old-faults.ts';
import { operatorDeeds } from '../faults/operators.ts';
import { processFaults } from '../faults/processes.ts';
import { races } from '../faults/races.ts';
import { recordFaults } from '../faults/records.ts';
import { bothRestored, otherRestores, restores } from '../faults/restores.ts';
import { storeFaults } from '../faults/store.ts';
import { watchFaults } from '../faults/watches.ts';
import type { Fault, Happening, Schedule } from './fault.ts';
import { drawShape, type Shape } from './parameters.ts';
import { Dice } from './random-draws.ts';

const all: readonly Fault[] = [
  ...agentDeeds,
  ...processFaults,
  ...lineFaults,
  ...clockFaults,
  ...watchFaults,
  ...momentFaults,
  ...recordFaults,
  ...operatorDeeds,
];

export const faults: ReadonlyMap<string, Fault> = new Map(
  [
    ...[...all, ...races, ...storeFaults, ...longSteps],
    ...[...restores, ...otherRestores, bothRestored, madeAnew, ...oldFaults],
  ].map((fault) => [fault.what, fault]),
);

/** Faults stop, the fleet converges within the stated time, then faults continue. */
export const peace = 'peace';

/** Races have a random source of their own, so the other faults of a seed do not depend on them. */
const ofRaces = 0x1b873593;
/** The same for the round of store faults at the end. */
const ofStore = 0x68e31da4;

/** The same for the round after that one. */
const ofLater = 0x2f9be6cc;

/** The same for older copies of both streams. */
const ofBoth = 0x3c6ef372;

/** The same for streams that are created again. */
const ofAnew = 0x510e527f;

/** The same for faults that were found on real servers. */
const ofOld = 0x1f83d9ab;

/** Draws the schedule of a seed. */
export function drawSchedule(seed: number): Schedule {
  const dice = new Dice(seed);
  const shape = drawShape(dice);
  const few = favourites(dice);
  const rounds = Array.from({ length: dice.whole(1, 3) }, () => drawRound(dice, shape, few));
  const happenings = [
    ...rounds.flat(),
    ...drawRaces(new Dice(seed ^ ofRaces), shape),
    ...drawStoreFaults(new Dice(seed ^ ofStore), shape),
  ];
  // After a loss of the registry only some checkers look on.
  const isLost = happenings.some(({ what }) => what === restores[0].what);
  const later = isLost ? [] : drawLater(new Dice(seed ^ ofLater), shape);
  const isAuditLost = later.some(({ what }) => what === 'audit-restored');
  const both = isLost || isAuditLost ? [] : drawBothRestored(new Dice(seed ^ ofBoth), shape);
  const isKept = !isLost && !isAuditLost && both.length === 0;
  const anew = isKept ? drawMadeAnew(new Dice(seed ^ ofAnew), shape) : [];
  const old = isKept && anew.length === 0 ? drawOld(new Dice(seed ^ ofOld), shape) : [];
  return { seed, shape, happenings: [...happenings, ...later, ...both, ...anew, ...old] };
}

/** A few kinds are frequent in one seed, so that each kind meets itself and every other. */
function favourites(dice: Dice): readonly [Fault, ...Fault[]] {
  const [first, ...rest] = all.map((fault) => ({
    ...fault,
    weight: fault.weight * (dice.chance(0.2) ? 5 : dice.chance(0.3) ? 0.1 : 1),
  }));
  if (!first) throw new Error('there are faults');
  return [first, ...rest];
}

function drawRound(
  dice: Dice,
  shape: Shape,
  from: readonly [Fault, ...Fault[]],
): readonly Happening[] {
  const happenings = Array.from({ length: dice.whole(5, 35) }, () => {
    const { what, draw } = dice.weighted(from);
    return { after: drawPause(dice, shape), what, ...draw(dice, shape) };
  });
  return [...happenings, { after: 0, what: peace }];
}

/** One or two, each with the time that its run needs to be expired. */
function drawRaces(dice: Dice, shape: Shape): readonly Happening[] {
  const { ttl, grace } = shape.lease;
  const happenings = Array.from({ length: dice.whole(1, 2) }, () => {
    const { what, draw } = dice.weighted(races);
    const race = { after: drawPause(dice, shape), what, ...draw(dice, shape) };
    const until = Math.round((ttl + grace) * dice.logarithmic(1.05, 1.6)) + seconds(10);
    return [race, { after: until, what: 'nothing' }];
  });
  return [...happenings.flat(), { after: 0, what: peace }];
}

/** Faults of the store among a few others, in two thirds of the seeds. */
function drawStoreFaults(dice: Dice, shape: Shape): readonly Happening[] {
  if (dice.chance(1 / 3)) return [];
  const [first, ...others] = [...storeFaults, ...all.map(seldom)];
  const happenings = Array.from({ length: dice.whole(3, 12) }, () => {
    const { what, draw } = dice.weighted([first ?? storeFaults[0], ...others]);
    return { after: drawPause(dice, shape), what, ...draw(dice, shape) };
  });
  return [...happenings, { after: 0, what: peace }, ...drawRestore(dice, shape)];
}

/** Clocks that step by days, holds meanwhile, and older copies of leases and audit, in half of the seeds. */
function drawLater(dice: Dice, shape: Shape): readonly Happening[] {
  if (dice.chance(1 / 2)) return [];
  const [first, ...others] = [...longSteps, ...all.map(seldom)];
  const [leases, audit] = otherRestores;
  const happenings = Array.from({ length: dice.whole(2, 6) }, () => {
    const kind = dice.chance(1 / 4) ? leases : dice.weighted([first ?? longSteps[0], ...others]);
    return { after: drawPause(dice, shape), what: kind.what, ...kind.draw(dice, shape) };
  });
  const round = [...happenings, { after: 0, what: peace }];
  if (!audit || dice.chance(1 / 2)) return round;
  const restore = { after: drawPause(dice, shape), what: audit.what, ...audit.draw(dice, shape) };
  return [...round, restore, { after: 0, what: peace }];
}

/** An older copy of a stream is put back, at the end of a quarter of these seeds. */
function drawRestore(dice: Dice, shape: Shape): readonly Happening[] {
  if (dice.chance(3 / 4)) return [];
  const { what, draw } = dice.weighted(restores);
  const restore = { after: drawPause(dice, shape), what, ...draw(dice, shape) };
  return [restore, { after: 0, what: peace }];
}

/** Older copies of registry and audit, from different moments, at the end of a fifth of the other seeds. */
function drawBothRestored(dice: Dice, shape: Shape): readonly Happening[] {
  if (dice.chance(4 / 5)) return [];
  const { what, draw } = bothRestored;
  const restore = { after: drawPause(dice, shape), what, ...draw(dice, shape) };
  return [restore, { after: 0, what: peace }];
}

/** Streams are created again, at the end of a quarter of the seeds that have lost nothing. */
function drawMadeAnew(dice: Dice, shape: Shape): readonly Happening[] {
  if (dice.chance(3 / 4)) return [];
  const anew = {
    after: drawPause(dice, shape),
    what: madeAnew.what,
    ...madeAnew.draw(dice, shape),
  };
  return [anew, { after: 0, what: peace }];
}

/** A fault that was found on real servers, at the end of the seeds that have lost nothing. */
const drawOld = (dice: Dice, shape: Shape): readonly Happening[] => [
  ...drawOldFault(dice, shape),
  { after: Math.round(shape.lease.ttl), what: peace },
];

const seldom = (fault: Fault): Fault => ({ ...fault, weight: fault.weight / 10 });

/** Pauses on the scale of the leases mostly, and sometimes of the code, so that faults overlap. */
function drawPause(dice: Dice, { lease: { ttl } }: Shape): number {
  const pause = dice.chance(0.4) ? dice.logarithmic(5, 20_000) : ttl * dice.logarithmic(0.05, 5);
  return Math.round(pause);
}
