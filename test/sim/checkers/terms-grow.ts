import type { Revision } from '../../../src/domain/time.ts';
import type { Checker } from './checks.ts';

/**
 * The terms of a slot and the tokens of a name grow, and no number is given twice, also after the store
 * has forgotten what it had stored.
 */
export const termsGrow: Checker = {
  guarantee: 'terms and tokens never repeat',
  survivesLoss: true,
  of: (sim, complain) => {
    const last = new Map<string, Revision>();
    return {
      onWritten: ({ records }) => {
        for (const { key, revision, text } of records) {
          const of = text === undefined || sim.byHand.has(key) ? undefined : numberedBy(key, text);
          if (of === undefined) continue;
          const before = last.get(of);
          if (before !== undefined && revision <= before) {
            complain(`${of} has the number ${revision} after ${before}`);
          }
          last.set(of, revision);
        }
      },
    };
  },
};

/** The slot or the name that gets the revision of this write as its term or token. */
function numberedBy(key: string, text: string): string | undefined {
  const { term, token } = JSON.parse(text);
  if (key.startsWith('agent.') && term === 0) return key;
  if (key.startsWith('instance.') && token === 0) return key.split('.').slice(3).join('.');
  return undefined;
}
