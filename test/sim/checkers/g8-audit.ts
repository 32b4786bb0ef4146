import { verified } from '../../runtime/verified.ts';
import type { Checker } from '../checks.ts';

/** The watch over the audit, event by event; `audit verify`; and the registry at rest. */
export const g8: Checker = {
  guarantee: 'G8',
  of: ({ fleet, byHand }, complain) => {
    let told = 0;
    return {
      onLook: () => {
        for (; told < fleet.audit.faults.length; told += 1)
          complain(fleet.audit.faults[told] ?? '');
      },
      onPeace: async () => {
        for (const fault of fleet.audit.verdict().slice(told)) complain(fault);
        if (byHand.size > 0) return;
        for (const divergence of await verified(fleet)) complain(divergence);
      },
    };
  },
};
