import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import type { Dice } from './random-draws.ts';

/** The longest delay of a request or an answer on a slow connection. */
export const slowest: Millis = 400;

/** The parameters of a simulated fleet. */
export interface Shape {
  readonly hosts: number;
  readonly agentsPerHost: number;
  readonly collectors: number;
  readonly consumers: number;
  /** The most instances of one agent. */
  readonly instances: number;
  /** All agents register the same names: each contests all others. */
  readonly shared: boolean;
  readonly lease: LeasePolicy;
  readonly seats: number;
  /** Of the brake. */
  readonly pace: Millis;
  /** How late the timers of its machines fire, at most; under the second after which a collector says
   * that it did not run. Wide, so that an hour costs less to play: no sweep every 100 ms. */
  readonly slack: Millis;
  /** How often its collectors sweep. A tenth of a second, as shipped, where the ttl is short. */
  readonly sweepEvery: Millis;
  /** The interval of alive messages of an idle watch. */
  readonly aliveEvery: Millis;
  /** How much faster or slower than the store's a machine's clock runs, at most. */
  readonly drift: number;
}

/**
 * The ttl is drawn from 2 s to an hour, each magnitude as likely. What happens is spread over ttls, so
 * most hours are played by fleets with a long one: there a heartbeat is rare, and an hour is cheap.
 */
export function drawShape(dice: Dice): Shape {
  const ttl = wholeSeconds(dice.logarithmic(2, 3600));
  const grace = wholeSeconds((dice.logarithmic(0.3, 3) * ttl) / 1000);
  const isQuick = ttl < seconds(60);
  // More than one commit can remove. Such a seed costs as much as 100 others.
  const isBulky = dice.chance(0.003);
  return {
    hosts: isBulky ? 1 : dice.whole(1, 4),
    agentsPerHost: isBulky ? 1 : dice.pick([1, 1, 2, 2, 3]),
    collectors: dice.whole(1, 3),
    consumers: dice.whole(1, 2),
    instances: isBulky ? 700 : dice.whole(1, 4),
    shared: dice.chance(0.2),
    lease: { ttl, grace },
    seats: dice.whole(1, 3),
    pace: wholeSeconds(dice.logarithmic(1, 20)),
    slack: isQuick ? dice.pick([0, 0, 100, 700]) : dice.pick([800, 900]),
    sweepEvery: isQuick ? 100 : Math.max(1000, ttl / 100),
    aliveEvery: isQuick
      ? seconds(1)
      : dice.pick([
          // As shipped, but rarely: an hour with an alive message per second costs as much as ten others.
          ...([seconds(1), seconds(20), seconds(20), seconds(20)] as const),
          ...Array.from({ length: 4 }, () => Math.max(seconds(20), ttl / 50)),
        ]),
    drift: dice.pick([0, 0, 0.00002, 0.0002]),
  };
}

/** The extra delay of a periodic check compared with the shipped intervals and exact timers. */
export const lateness = ({ slack, sweepEvery }: Shape): Millis => slack + sweepEvery - 100;

const wholeSeconds = (about: number): Millis => seconds(Math.max(2, Math.round(about)));

/** The slots of the fleet, as `host/agent`. */
export function placesOf({ hosts, agentsPerHost }: Shape): readonly string[] {
  return Array.from({ length: hosts }, (_, h) =>
    Array.from({ length: agentsPerHost }, (_, a) => `h${h + 1}/${'abc'[a]}`),
  ).flat();
}

export const collectorsOf = ({ collectors }: Shape): readonly string[] =>
  Array.from({ length: collectors }, (_, n) => `c${n + 1}`);

export const consumersOf = ({ consumers }: Shape): readonly string[] =>
  Array.from({ length: consumers }, (_, n) => `k${n + 1}`);

/** The instance names of this agent. A host with a new identity runs the same ones. */
export const namesAt = (place: string, { instances, shared }: Shape): readonly string[] =>
  Array.from({ length: instances }, (_, n) => {
    const origin = shared ? 'any' : place.replace(/^m/, 'h').replace('/', '');
    return `${n % 3 === 2 ? 'db' : 'web'}/${origin}-${n + 1}`;
  });

/** The same machine under another identity. */
export const movedFrom = (place: string): string => place.replace(/^h/, 'm');
