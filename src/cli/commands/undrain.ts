import {
  formatDrainTarget,
  isDrained,
  parseDrainTarget,
} from '../../composition/names/drain-target.ts';
import { Fault } from '../../domain/fault.ts';
import { drainKey } from '../../domain/identity/registry-keys.ts';
import { endDrainNow } from '../../runtime/operator/drain-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { operatorIdentity, operatorSettings, operatorTimeout } from '../session/operator.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

/** How many drains an error names. */
const shownAtMost = 5;

export const undrain = command({
  name: 'undrain',
  summary: 'end the drain of a host or an instance: consumers use it again',
  args: '<host|service/id>',
  settings: operatorSettings,
  examples: [
    ['rollcall undrain db-1', 'the drain of a host'],
    ['rollcall undrain web/web-1', 'the drain of one instance'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const target = parseDrainTarget(text);
    await using view = await openDirectoryOnce(settings, io, 'undrain');
    const { ports, directory } = view;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const name = formatDrainTarget(target);
    const rows = directory.instances().filter((row) => isDrained(row, target));
    // A host and an instance on it can be drained at the same time; each drain is ended by itself.
    const others = [...directory.fleet.controls.drains()]
      .filter(({ key }) => key !== drainKey(target))
      .map(({ record }) => record.target)
      .filter((other) => rows.some((row) => isDrained(row, other)))
      .map(formatDrainTarget);
    const outcome = await endDrainNow(author, target, ports, operatorTimeout(io));
    if (outcome === 'absent') {
      const all = [...directory.fleet.controls.drains()].map(({ record }) => record.target);
      const known = all.slice(0, shownAtMost).map(formatDrainTarget);
      throw new Fault('not-found', `${name} is not drained: there is no such drain`, {
        hint:
          others[0] !== undefined
            ? `${others[0]} is drained: rollcall undrain ${shellWord(others[0])}`
            : known.length === 0
              ? 'no drain is active'
              : `active drains: ${known.join(', ')}${all.length > known.length ? ', …' : ''}`,
      });
    }
    if (settings.json) {
      io.out(documentLine({ event: 'drain', change: 'ended', target, by: author.actor }));
      return exitCodes.done;
    }
    io.out(escapeControls(`${name} is no longer drained: consumers use it again`));
    for (const other of others) {
      io.out(escapeControls(`${other} is still drained: rollcall undrain ${shellWord(other)}`));
    }
    return exitCodes.done;
  },
});
