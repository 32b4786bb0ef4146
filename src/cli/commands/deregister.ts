import { parseDrainTarget } from '../../composition/names/drain-target.ts';
import { Fault } from '../../domain/fault.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { Switch } from '../command/settings/common.ts';
import { removeRecords } from '../gc/remove-records.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { dryRunSettings, operatorIdentity, operatorSettings } from '../session/operator.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

export const deregister = command({
  name: 'deregister',
  summary: 'remove an instance that no live run owns; asks first, and says what else ends it',
  args: '<service/id>',
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
    ['rollcall deregister web/web-1', 'every registration of the name; each is asked for'],
    ['rollcall deregister web/web-1 --yes --as alice', 'the audit records who removed it'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const target = parseDrainTarget(name);
    if ('host' in target) {
      throw new Fault('bad-name', `'${name}' is not an instance: SERVICE/ID`, {
        hint: 'instances: rollcall ps',
      });
    }
    await using view = await openDirectoryOnce(settings, io, 'deregister');
    const { ports, directory } = view;
    const keys = [...directory.fleet.named(target.service, target.id).keys()];
    if (keys.length === 0) {
      throw new Fault('not-found', `no instance ${name} is registered`, {
        hint: 'instances: rollcall ps; what ended it: rollcall why SERVICE/ID',
      });
    }
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const { yes, json, dryRun } = settings;
    const removing = { yes, json, dryRun, author, further: furtherOf(name) };
    return await removeRecords(keys, removing, ports, io);
  },
});

/** A live agent has the instance in its file or its program, and would register it again. */
const furtherOf = (name: string): string =>
  `while its agent lives, it would register the instance again: to turn traffic away, rollcall drain ${shellWord(name)}; to end it, remove it from the instances of its agent, or stop the process of rollcall run`;
