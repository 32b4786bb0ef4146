import { formatCount } from '../format/format-time.ts';
import type { AgentModel } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Issue } from './issues.ts';

/** One issue for the whole fleet while no collector observes it. A banner says what follows from that. */
export function unobservedIssue(slots: readonly AgentModel[], fleet: FleetModel): readonly Issue[] {
  if (fleet.observation !== 'unobserved') return [];
  const unobserved = slots.filter(({ reason }) => reason === 'unobserved');
  const [first] = unobserved;
  if (!first) return [];
  const collectors = fleet.controls.collectors();
  const seen = Object.values(fleet.controls.seats?.seatSeen ?? {});
  // A killed collector writes no event about its end, so only the server that saw its seat knows when that was.
  const isKnown = seen.length > 0 || !collectors.some(({ hasSeat }) => hasSeat);
  const ends = collectors.map(({ of, hasSeat, lastActAt }) => (hasSeat ? lastActAt : of.since));
  if (ends.length === 0) ends.push(first.entityState.since);
  return [
    {
      key: 'unobserved',
      status: 'dubious',
      title: 'no collector',
      reason: `unobserved: ${formatCount(unobserved.length, 'agent')}`,
      since: isKnown ? Math.max(...seen, ...ends) : null,
      next: '',
      slots: [first],
    },
  ];
}
