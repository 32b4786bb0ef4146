import { collectorsOf, consumersOf, placesOf, type Shape } from './parameters.ts';
import type { Dice } from './random-draws.ts';

/** Draws the target of a fault by name, so that a schedule stays valid when faults are dropped from it. */
export const anAgent = (dice: Dice, shape: Shape): string => one(dice, placesOf(shape));
export const aCollector = (dice: Dice, shape: Shape): string => one(dice, collectorsOf(shape));
export const aConsumer = (dice: Dice, shape: Shape): string => one(dice, consumersOf(shape));

export const aServer = (dice: Dice, shape: Shape): string =>
  dice.chance(0.65) ? anAgent(dice, shape) : aCollector(dice, shape);

export const anyProcess = (dice: Dice, shape: Shape): string =>
  dice.chance(0.15) ? aConsumer(dice, shape) : aServer(dice, shape);

const one = (dice: Dice, names: readonly string[]): string =>
  names[dice.whole(0, names.length - 1)] ?? '';
