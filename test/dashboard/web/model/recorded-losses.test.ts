import { expect, test } from 'vitest';
import { isPresent } from '../../../../src/dashboard/web/model/state-styles.ts';
import { LossLedger } from '../../../../src/domain/losses/loss-ledger.ts';
import type { LostAgent } from '../../../../src/domain/losses/losses.ts';
import { recordings } from '../../../fixtures/golden/recording.ts';
import { openPage } from '../../support/recorded-page.ts';

const named = ({ host, agent, zone, run, instances }: LostAgent): string =>
  `${host}/${agent} ${zone} ${run}: ${instances.map(({ service, id }) => `${service}/${id}`).toSorted()}`;

let [seen, seenBack] = [0, 0];

test.each(await recordings())(
  'the page and a fold of the events agree on what is lost at every event (%s)',
  async (name) => {
    const { cursor, events, seek } = await openPage(name);
    const ledger = new LossLedger();
    const expected = events.map(({ event, seq, storedAt }) => {
      ledger.take(event, storedAt);
      return { seq, lost: ledger.lost().map(named), back: ledger.backIn('', 0).length };
    });
    // Backwards too: a seek to the past must forget what is not lost yet.
    for (const { seq, lost, back } of [...expected, ...expected.toReversed()]) {
      seek(seq);
      const shown = cursor.fleet
        .slots()
        .filter(({ status }) => status === 'gone' || status === 'expired')
        .map((slot) =>
          named({
            ...{ host: slot.host, agent: slot.agent, zone: slot.zone, since: 0 },
            run: slot.entityState.entity.run,
            instances: cursor.fleet.lostWith(slot),
          }),
        );
      const came = cursor.fleet
        .slots()
        .filter((slot) => slot.zone === '' && isPresent(slot.status) && slot.cameBack >= 0);
      expect({ seq, lost: shown.toSorted(), back: came.length }).toEqual({
        ...{ seq, back },
        lost: lost.toSorted(),
      });
      seen += lost.length;
      seenBack += back;
    }
  },
);

test('the recordings contain losses, so the tests above check something', () => {
  expect(seen).toBeGreaterThan(0);
  expect(seenBack).toBeGreaterThan(0);
});
