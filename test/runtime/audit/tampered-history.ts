import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { eventIn } from '../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../support/event-source.ts';
import { verdictOn } from '../support/record-verdict.ts';

export const fleet = await eventfulFleet();
export const events = await eventsOf(memoryStore(fleet.world).audit);
export const [keyframe = 0] = fleet.world.keyframes.keys();

/** The divergences of this history from the registry of the fleet, which has not changed. */
export const divergencesOf = async (tampered: readonly StoredEvent[]) =>
  (await verdictOn(fleet, { history: historyOf(tampered) })).divergences;

export const hashOf = (one: StoredEvent): string => hashEvent(one.text);

export const find = (type: string, entity: string, nth = 0): StoredEvent => {
  const found = events.filter((one) => {
    const { event, of } = eventIn(one);
    return event.type === type && of.entity === entity;
  })[nth];
  if (!found) throw new Error(`no ${type} of a ${entity}`);
  return found;
};

/** The last event of the run that holds h1/a. */
export const currentEvent = events.findLast((one) => {
  const { of } = eventIn(one);
  return of.entity === 'run' && of.host === 'h1';
}) as StoredEvent;
