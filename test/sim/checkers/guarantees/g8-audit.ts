import { verified } from '../../../runtime/support/verify-history.ts';
import { faultsOf } from '../../violations-of.ts';
import type { Checker } from '../checks.ts';

/** Checks the audit event by event, runs `audit verify`, and compares the registry at rest. */
export const g8: Checker = {
  guarantee: 'G8',
  of: ({ fleet, byHand }, complain) => {
    const { audit } = fleet;
    const faults = faultsOf('G8', audit);
    return {
      onLook: () => {
        for (const fault of faults()) complain(fault);
      },
      onPeace: async () => {
        for (const fault of audit.verdict()) complain(fault);
        if (byHand.size > 0) return;
        for (const divergence of await verified(fleet)) complain(divergence);
      },
    };
  },
};
