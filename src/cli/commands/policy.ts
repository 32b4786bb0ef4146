import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
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
    if (settings.json) io.out(documentLine(policyDocument(state)));
    else for (const line of policyShown(state, now, io)) io.out(line);
    return state.policyRecord?.kind === 'unreadable' ? exitCodes.wanting : exitCodes.done;
  },
});
