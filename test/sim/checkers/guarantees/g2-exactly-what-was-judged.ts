import type { Checker } from '../checks.ts';

/** A removed record is the record that was judged: the event of the removal follows that record's event. */
export const g2: Checker = {
  guarantee: 'G2',
  of: (sim, complain) => ({
    onWritten: ({ records, events }) => {
      const ends = new Set(events.filter(({ record }) => record === null).map(({ prev }) => prev));
      for (const { key, text, before } of records) {
        if (text !== undefined || before.text === undefined || sim.byHand.has(key)) continue;
        if (!ends.has(JSON.parse(before.text).hash)) {
          complain(`${key} was removed at ${before.revision}, and that was not judged`);
        }
      }
    },
  }),
};
