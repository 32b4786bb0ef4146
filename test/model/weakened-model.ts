import type { Weakening } from './removable-rules.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import type { Broken } from './store.ts';

/** The first violation without a rule, and the scenario that shows it soonest. */
export interface Refutation {
  readonly without: readonly Weakening[];
  readonly scenario: string;
  readonly property: Broken['property'];
}

const without = (
  rule: Weakening | readonly Weakening[],
  scenario: string,
  property: Broken['property'],
): Refutation => ({ without: [rule].flat() as Weakening[], scenario, property });

export const refutations: readonly Refutation[] = [
  without('lease-before-record', 'takeover', 'G6'),
  without('no-look-at-lease', 'takeover', 'G6'),
  without('delete-unconditionally', 'takeover', 'G1'),
  without('delete-what-is-there', 'takeover', 'G1'),
  without('record-before-instances', 'takeover', 'G4'),
  without('record-unconditionally', 'takeover', 'G2'),
  without('stale-view', 'takeover', 'G4'),
  without('hold-unfenced', 'hold', 'hold'),
  without('instances-unfenced', 'takeover', 'G3'),
  without('id-reused', 'lost claims', 'G3'),
  without('doubt-settled-by-reading', 'lost and late', 'G5'),
  without('knowledge-kept', 'lost and late', 'G5'),
  without('leave-on-old-list', 'lost and late', 'G4'),
  without('record-before-lease', 'expiry', 'G6'),
  without('lapse-unnoticed', 'expiry', 'G6'),
  without('lease-need-not-move', 'clock set back', 'G5'),
  without('stillness-unnoticed', 'clock set back', 'G6'),
  without('chain-unended', 'takeover', 'G8'),
  without('chain-begun-anew', 'lost and late', 'G8'),
];

/**
 * Rules that other rules cover in these scenarios. A judged instance is identified by its revision alone,
 * because a run that is over never returns. A run with a valid claim has no other write in flight. Collectors remove what
 * a run did not list, a ttl and a grace later.
 */
export const redundant: readonly Omit<Refutation, 'property'>[] = [
  { without: ['leftovers-unfenced'], scenario: 'takeover' },
  { without: ['batch-unfenced'], scenario: 'takeover' },
  { without: ['claim-unconfirmed'], scenario: 'lost claims' },
  { without: ['list-under-a-holder-kept'], scenario: 'takeover' },
];

export function scenarioOf(called: string): Scenario {
  const found = scenarios.find(({ name }) => name === called);
  if (!found) throw new Error(`no scenario '${called}'`);
  return found;
}
