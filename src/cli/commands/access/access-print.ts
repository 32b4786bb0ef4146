import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { accessSettings, openAccess } from '../../session/access.ts';

export const accessPrint = command({
  name: 'access print',
  summary: 'print the accounts as a part of the configuration of nats-server; no secrets',
  settings: accessSettings,
  examples: [['rollcall access print', 'the same file for each server of a cluster']],
  async run({ settings, io }) {
    const access = await openAccess(settings, io);
    io.out((await access.configText()).trimEnd());
    return exitCodes.done;
  },
});
