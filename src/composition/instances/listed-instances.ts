import { z } from 'zod';
import {
  type ListedInstance,
  listedSchema,
  withDefaultId,
} from '../../adapters/files/listed-instance.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { mostInstances } from '../../domain/records/record-budget.ts';
import { DurationOrMillis } from '../time/duration.ts';

export type { ListedInstance };

/** Instances in the options of a program: as in an instances file, and durations also in milliseconds. */
export const ListedInstances = z
  .array(listedSchema(DurationOrMillis))
  .max(mostInstances, `at most ${mostInstances} instances`);

/** The instances with an id each; a missing id is derived from the slot, the service and the port. */
export const withDefaultIds = (
  listed: readonly z.output<typeof ListedInstances>[number][],
  slot: Slot,
): readonly ListedInstance[] => listed.map((one) => withDefaultId(one, slot));
