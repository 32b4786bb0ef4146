import { seededFractions } from '../../../tools/bench/history/seeded-random.ts';

/** All random draws for a schedule, from one seed. */
export class Dice {
  readonly fraction: () => number;

  constructor(seed: number) {
    this.fraction = seededFractions(seed);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[Math.floor(this.fraction() * from.length)] ?? from[0];
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** As likely between 1 and 10 as between 10 and 100. */
  logarithmic(least: number, most: number): number {
    return least * (most / least) ** this.fraction();
  }

  weighted<T extends { readonly weight: number }>(from: readonly [T, ...T[]]): T {
    let left = this.fraction() * from.reduce((sum, { weight }) => sum + weight, 0);
    for (const one of from) {
      left -= one.weight;
      if (left < 0) return one;
    }
    return from[0];
  }
}
