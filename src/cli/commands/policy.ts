import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { limitCommand, limitDifference } from '../command/settings/limit-words.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { policyDocument, policyShown } from '../tables/policy-table.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const policy = command({
  name: 'policy',
  summary: 'show the policy of the fleet: seats, brake, history retention',
  settings: {},
  examples: [
    ['rollcall policy', 'current settings, and who set them'],
    ['rollcall policy set brake.pace=5s', 'change a setting'],
  ],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'policy');
    const { directory, now } = view;
    const { controls: state } = directory.fleet;
    const limits = await view.ports.audit.limits().catch((cause: unknown) => {
      if (cause instanceof Fault) return undefined;
      throw cause;
    });
    if (settings.json) {
      io.out(documentLine({ ...policyDocument(state), limits: limits ?? null }));
    } else {
      for (const line of policyShown(state, now, io)) io.out(line);
      // Without a policy that can be read, the history keeps limits that were set by hand.
      const isStored = state.policyRecord?.kind === 'stored';
      const difference = limits && isStored && limitDifference(state.policy.retention, limits);
      if (difference) {
        io.out(`${io.palette.dubious('the limits differ')}: ${difference}`);
        io.out(io.palette.dim(`to set those of the policy: ${limitCommand}`));
      }
    }
    return state.policyRecord?.kind === 'unreadable' ? exitCodes.wanting : exitCodes.done;
  },
});
