import { Fault } from '../../domain/fault.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { Switch } from '../command/settings/common.ts';
import { removeRecords } from '../gc/remove-records.ts';
import { connectOnce } from '../session/connect.ts';
import { dryRunSettings, operatorIdentity, operatorSettings } from '../session/operator.ts';

export const gcRemove = command({
  name: 'gc remove',
  summary: 'remove one record that no live run owns, such as one that cannot be read; asks first',
  args: '<key>',
  settings: {
    yes: {
      flag: '--yes',
      description:
        'remove it without asking; without it and without a terminal, nothing is changed',
      schema: Switch,
    },
    ...dryRunSettings,
    ...operatorSettings,
  },
  examples: [
    [
      "rollcall gc remove 'instance.h1.shop.web.w1'",
      'a key as rollcall doctor shows it; says what it does, and asks',
    ],
    [
      "rollcall gc remove 'instance.h1.shop.web.w1' --yes --as alice",
      'the audit records who removed it',
    ],
  ],
  async run({ settings, io, args: [key = ''] }) {
    await using connected = await connectOnce(settings, io, 'gc remove');
    const { ports } = connected;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    if ((await ports.registry.read(key)).text === undefined) {
      throw new Fault('not-found', `the registry has no record ${key}`, {
        hint: 'keys of records that cannot be read: rollcall doctor',
      });
    }
    const { yes, json, dryRun } = settings;
    return await removeRecords([key], { yes, json, dryRun, author }, ports, io);
  },
});
