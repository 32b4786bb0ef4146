import type { LeasePolicy } from '../../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import { seededFractions } from '../../../../tools/bench/history/seeded-random.ts';

/** A fault of one server, or of all servers. */
const serverFaults = [
  'kill-server',
  'freeze-server',
  'isolate-server',
  'fill-disk',
  'empty-store',
  'older-store',
  'restart-servers',
  'outage',
] as const;

/** A fault of an agent or a collector: of its process, or of its connection to the servers. */
const memberFaults = [
  'kill',
  'freeze',
  'hold',
  'mute',
  'deafen',
  'reset',
  'delay',
  'leave',
  'close-log',
  'tear-file',
  'revoke',
  'fill-state',
] as const;

/** The faults that apply to the consumer, which has only a connection. */
const wireFaults = ['hold', 'mute', 'deafen', 'reset', 'delay', 'revoke'] as const;

/** The server, chosen when the step starts: the leader of something then, or one that leads nothing. */
const roles = ['meta', 'leases', 'registry', 'audit', 'follower'] as const;

type ServerFault = (typeof serverFaults)[number];
export type MemberFault = (typeof memberFaults)[number] | 'lose';
export type Role = (typeof roles)[number];

/** One fault, undone after a time. */
interface Step<What extends string, Whom extends string> {
  /** Delay after the previous step began (members) or after all servers recovered (servers). */
  readonly pause: Millis;
  readonly what: What;
  readonly whom: Whom;
  readonly lasts: Millis;
}

export type ServerStep = Step<ServerFault, Role | 'all'>;
type MemberStep = Step<MemberFault, string>;

export interface Plan {
  readonly seed: number;
  readonly length: Millis;
  readonly lease: LeasePolicy;
  /** In sequence: at most one server is broken at a time, unless the step is for `all`. */
  readonly servers: readonly ServerStep[];
  readonly members: readonly MemberStep[];
}

export interface Cast {
  readonly agents: readonly string[];
  readonly collectors: readonly string[];
}

export const consumer = 'consumer';

/** The whole schedule of a seed, as plain data. Every kind occurs before any kind is repeated. */
export function drawPlan(
  { seed, length, lease }: Pick<Plan, 'seed' | 'length' | 'lease'>,
  cast: Cast,
): Plan {
  const fraction = seededFractions(seed);
  const draw: Draw = {
    between: (least, most) => Math.round(least + fraction() * (most - least)),
    one: (of) => {
      const chosen = of[Math.floor(fraction() * of.length)];
      if (chosen === undefined) throw new Error('nothing to choose from');
      return chosen;
    },
  };
  const servers = drawServers(draw, length);
  return { seed, length, lease, servers, members: drawMembers(draw, length, lease, cast) };
}

interface Draw {
  between(least: number, most: number): number;
  one<T>(of: readonly T[]): T;
}

function drawServers(draw: Draw, length: Millis): ServerStep[] {
  const steps: ServerStep[] = [];
  const next = deck(draw, serverFaults);
  const nextRole = deck(draw, roles);
  // A cluster needs some seconds to recover after each fault, so the last steps are never reached.
  for (let passed = 0; passed < length; ) {
    // Killing a leader finds the most errors, so it is always the first step.
    const what = steps.length === 0 ? 'kill-server' : next();
    const all = what === 'outage' || what === 'restart-servers';
    const whom = all ? 'all' : steps.length === 0 ? 'leases' : nextRole();
    const pause = draw.between(seconds(2), seconds(8));
    const lasts = what === 'restart-servers' ? 0 : draw.between(seconds(1), seconds(9));
    steps.push({ pause, what, whom, lasts });
    passed += pause + lasts;
  }
  return steps;
}

function drawMembers(draw: Draw, length: Millis, lease: LeasePolicy, cast: Cast): MemberStep[] {
  const steps: MemberStep[] = [];
  const next = deck(draw, memberFaults);
  const nextOfConsumer = deck(draw, wireFaults);
  const busyUntil = new Map<string, Millis>();
  // Mostly agents: a collector that is blind most of the time decides nothing.
  const often = [...cast.agents, ...cast.agents, ...cast.agents];
  const everybody = [...often, ...cast.collectors, consumer];
  for (let now = 0; ; ) {
    const pause = draw.between(200, 1400);
    now += pause;
    if (now > length) break;
    const idle = everybody.filter((name) => (busyUntil.get(name) ?? 0) < now);
    if (idle.length === 0) continue;
    const whom = draw.one(idle);
    const what = whom === consumer ? nextOfConsumer() : next();
    const lasts = what === 'reset' ? 0 : draw.between(...draw.one(lengthsOf(lease)));
    steps.push({ pause: now - startOf(steps), what, whom, lasts });
    busyUntil.set(whom, now + lasts + seconds(3));
  }
  // One process never returns: the collectors must remove its records.
  const lost = draw.one(cast.agents);
  const free = Math.max(length, busyUntil.get(lost) ?? 0);
  return [...steps, { pause: free - startOf(steps), what: 'lose', whom: lost, lasts: 0 }];
}

/**
 * Durations of an absence: too short to be noticed; long enough to be suspected; and about as long as expiry
 * and removal take, so that most processes return during them.
 */
const lengthsOf = ({ ttl, grace }: LeasePolicy): readonly (readonly [Millis, Millis])[] => [
  [200, ttl],
  [ttl, ttl + grace],
  [ttl + grace, ttl + grace + seconds(3)],
  [ttl + grace, ttl + grace + seconds(3)],
];

const startOf = (steps: readonly MemberStep[]): Millis =>
  steps.reduce((sum, { pause }) => sum + pause, 0);

/** Returns all items in a random order, then all of them again. */
function deck<T>(draw: Draw, cards: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    const card = draw.one(left);
    left.splice(left.indexOf(card), 1);
    return card;
  };
}

/** A plan in two lines: the faults of the servers, and the faults of all other processes. */
export function planLines({ servers, members }: Plan): string[] {
  const told = ({ pause, what, whom, lasts }: ServerStep | MemberStep) =>
    `+${(pause / 1000).toFixed(1)}s ${what} ${whom} ${(lasts / 1000).toFixed(1)}s`;
  return [`servers: ${servers.map(told).join(' | ')}`, `members: ${members.map(told).join(' | ')}`];
}
