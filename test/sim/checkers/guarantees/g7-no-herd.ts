import { removalsPerBatch } from '../../../../src/domain/policy/lease-policy.ts';
import type { Checker } from '../checks.ts';

/**
 * A death costs at most 3 + ⌈instances/450⌉ commits. Each seat tries each commit at most once, and only one
 * seat tries until another has to step in. A process that does not watch receives no heartbeats.
 */
export const g7: Checker = {
  guarantee: 'G7',
  of: (sim, complain) => {
    const watching = new Set<string>();
    return {
      onLook: () => {
        for (const { process, transitions } of sim.roster.collectors.values()) {
          if (transitions.some(({ event }) => event['type'] === 'seated'))
            watching.add(process.name);
        }
        for (const { name, heartbeats, host } of sim.fleet.processes) {
          if (heartbeats === 0 || watching.has(name) || host === 'desk') continue;
          complain(`${name} does not watch, and heard ${heartbeats} heartbeats`);
        }
      },
      onDeath: ({ run, instances, commits, attempts, crowded }) => {
        const most = 3 + Math.ceil(instances / removalsPerBatch);
        if (commits > most) complain(`the death of ${run} took ${commits} commits, not ${most}`);
        const seats = sim.roster.livingCollectors().length;
        if (attempts > most * seats)
          complain(`${attempts} attempts by ${seats} for ${most} commits`);
        for (const what of crowded) complain(`${what} was tried by several at once`);
      },
    };
  },
};
