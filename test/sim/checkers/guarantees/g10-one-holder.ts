import { agentMapKey } from '../../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../../src/domain/time.ts';
import type { Simulated } from '../../simulation-result.ts';
import type { Checker } from '../checks.ts';

/** A slot has one owner, only an unresponsive run loses it, and an agent writes only under its own name. */
export const g10: Checker = {
  guarantee: 'G10',
  of: (sim, complain) => {
    const holders = new Map<string, string>();
    return {
      onWritten: ({ events }) => {
        for (const { of, event, actor, evidence } of events) {
          if (of.entity !== 'run' && of.entity !== 'instance') continue;
          const slot = agentMapKey(of);
          const isAgents = !sim.roster.collectors.has(actor.run) && actor.host !== 'desk';
          if (isAgents && agentMapKey(actor) !== slot) {
            complain(`${agentMapKey(actor)} wrote ${event.type} under ${slot}`);
          }
          if (of.entity !== 'run') continue;
          const holder = holders.get(slot);
          if (event.type === 'superseded') {
            const isDead = claimsDeath.has(`${evidence?.['taken']}`);
            if (isDead && couldAnswer(of.run, sim))
              complain(`${of.run}, which answers, was taken from`);
          }
          if (event.type === 'started') {
            if (holder && !sim.byHand.has(`agent.${slot}`)) {
              complain(`${of.run} took ${slot}, which ${holder} holds`);
            }
            holders.set(slot, of.run);
          }
          const ends = ['superseded', 'removed', 'left'].includes(event.type);
          if (ends && holder === of.run) holders.delete(slot);
        }
      },
      onPeace: () => {
        for (const place of sim.roster.places) {
          const alive = sim.roster.alive(place);
          if (alive.length > 1) complain(`${alive.map(({ agent }) => agent.run)} in ${place}`);
        }
      },
    };
  },
};

/** Reasons to take a slot from a run that is said to be dead. */
const claimsDeath: ReadonlySet<string> = new Set(['nobody-answers', 'process-gone']);

/** Whether the run serves and was reachable for longer than a claim takes to ask its owner twice. */
function couldAnswer(run: string, { roster, now }: Simulated): boolean {
  const one = roster.alive().find(({ agent }) => agent.run === run);
  if (one?.agent.state !== 'serving') return false;
  const { interrupted, interruptions, mute } = one.process;
  const heardSince = interruptions.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  return !interrupted && !mute && now - heardSince > seconds(20);
}
