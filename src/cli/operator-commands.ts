import type { CommandEntry } from './command/command.ts';

/** The commands with which an operator changes the fleet, in the order of the help. */
export const operatorCommands: readonly CommandEntry[] = [
  {
    name: 'hold',
    summary:
      'put a host or agent on hold (maintenance): until it ends, no run there is declared dead',
    load: async () => (await import('./commands/hold.ts')).hold,
  },
  {
    name: 'release',
    summary: 'end a hold early; silence is counted again, from zero',
    load: async () => (await import('./commands/release.ts')).release,
  },
  {
    name: 'drain',
    summary: 'turn traffic away from a host or an instance, until it is undrained',
    load: async () => (await import('./commands/drain.ts')).drain,
  },
  {
    name: 'undrain',
    summary: 'end the drain of a host or an instance: consumers use it again',
    load: async () => (await import('./commands/undrain.ts')).undrain,
  },
  {
    name: 'deregister',
    summary: 'remove an instance that no live run owns; asks first, and says what else ends it',
    load: async () => (await import('./commands/deregister.ts')).deregister,
  },
  {
    name: 'lost',
    summary:
      'list the agents that were declared dead and did not come back, and what was lost with them',
    load: async () => (await import('./commands/lost.ts')).lost,
  },
  {
    name: 'lost ack',
    summary:
      'acknowledge lost agents: they need no attention any more, a later loss does; asks first',
    load: async () => (await import('./commands/lost-ack.ts')).lostAck,
  },
  {
    name: 'policy',
    summary: 'show the policy of the fleet: seats, brake, history retention',
    load: async () => (await import('./commands/policy.ts')).policy,
  },
  {
    name: 'policy set',
    summary: 'change the policy of the fleet; collectors apply it from their next sweep',
    load: async () => (await import('./commands/policy-set.ts')).policySet,
  },
  {
    name: 'gc plan',
    summary: 'show what will be removed, when, why, and what delays it; changes nothing',
    load: async () => (await import('./commands/gc-plan.ts')).gcPlan,
  },
  {
    name: 'gc run',
    summary:
      'remove records of dead runs now; with --watch, also detect dead runs, like a collector',
    load: async () => (await import('./commands/gc-run.ts')).gcRun,
  },
  {
    name: 'gc remove',
    summary: 'remove one record that no live run owns, such as one that cannot be read; asks first',
    load: async () => (await import('./commands/gc-remove.ts')).gcRemove,
  },
];
