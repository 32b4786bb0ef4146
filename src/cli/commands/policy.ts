import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { policyDocument, policyShown } from '../tables/policy-table.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const policy = command({
  name: 'policy',
  summary: 'what the whole fleet goes by: seats, brake, how much history is kept',
  settings: {},
  examples: [
    ['rollcall policy', 'what holds, and who said so'],
    ['rollcall policy set brake.pace=5s', 'say something else'],
  ],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'policy');
    const { state } = view.directory.fleet;
    if (settings.json) io.out(jsonLine(policyDocument(state)));
    else for (const line of policyShown(state, io)) io.out(line);
    return state.policyRecord?.kind === 'unreadable' ? exitCodes.wanting : exitCodes.done;
  },
});
