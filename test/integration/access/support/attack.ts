import type { Role } from '../../../../src/adapters/nats/access/member.ts';
import type { AttackedFleet } from './attacked-fleet.ts';
import type { Attacker } from './attacker.ts';

export interface Attack {
  readonly what: string;
  /** Roles that have the right to do it. */
  readonly right?: readonly Role[];
  /** Roles that can do it, although they should not, and why that stays. */
  readonly open?: Partial<Record<Role, string>>;
  /** Performs it. A text is the damage; damage to records is seen without one. */
  run(attacker: Attacker, fleet: AttackedFleet): Promise<string | undefined>;
}

export const readers: readonly Role[] = ['consumer', 'operator', 'auditor', 'dashboard'];

/** A subject that a role may publish to: its own lease, or a service that every reader has. */
export const own = ({ names }: AttackedFleet): readonly string[] => [
  `${names.leases.prefix}run.h1.a.r`,
  `${names.registry.prefix}agent.h1.a`,
  `${names.eventPrefix}h1.a.r.1`,
  `${names.registry.prefix}hold.h1`,
  `$JS.API.STREAM.INFO.${names.registry.stream}`,
  `$JS.API.INFO`,
  `$JS.API.STREAM.MSG.GET.${names.registry.stream}`,
  `$JS.API.DIRECT.GET.${names.registry.stream}.${names.registry.prefix}agent.h1.a`,
];
