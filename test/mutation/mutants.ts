import { access } from './list/access.ts';
import { auditing } from './list/auditing.ts';
import { badInput } from './list/bad-input.ts';
import { collecting } from './list/collecting.ts';
import { handingOut } from './list/handing-out.ts';
import { judging } from './list/judging.ts';
import { leases } from './list/leases.ts';
import { losing } from './list/losing.ts';
import { nats } from './list/nats.ts';
import { removing } from './list/removing.ts';
import { restoring } from './list/restoring.ts';
import { running } from './list/running.ts';
import { seats } from './list/seats.ts';
import { sources } from './list/sources.ts';
import { starting } from './list/starting.ts';
import { viewing } from './list/viewing.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...judging,
  ...collecting,
  ...seats,
  ...removing,
  ...leases,
  ...running,
  ...starting,
  ...viewing,
  ...losing,
  ...handingOut,
  ...sources,
  ...auditing,
  ...badInput,
  ...nats,
  ...restoring,
  ...access,
];
