import { formatTarget, parseTarget, type Target } from '../../composition/names/host-or-agent.ts';
import { Fault } from '../../domain/fault.ts';
import type { HoldRecord } from '../../domain/records/schemas.ts';
import { endHoldEarly as end } from '../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { operatorIdentity, operatorSettings, operatorTimeout } from '../session/operator.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

export const release = command({
  name: 'release',
  summary: 'end a hold early; silence is counted again, from zero',
  args: '<host[/agent]>',
  settings: operatorSettings,
  examples: [
    ['rollcall release db-1', 'the hold of a host'],
    ['rollcall release db-1/postgres', 'the hold of one agent'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const place = parseTarget(text);
    await using view = await openDirectoryOnce(settings, io, 'release');
    const { ports, directory } = view;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const name = formatTarget(place);
    const others = [...directory.fleet.controls.holds()]
      .map(({ record }) => record)
      .filter((record) => isNear(record, place));
    const outcome = await end(author, place, ports, operatorTimeout(io));
    if (outcome === 'absent') {
      throw new Fault('not-found', `${name} is not on hold`, {
        hint: others[0]
          ? `${formatTarget(others[0])} is on hold: rollcall release ${shellWord(formatTarget(others[0]))}`
          : 'active holds: rollcall agents',
      });
    }
    if (settings.json) {
      const { host, agent = null } = place;
      io.out(documentLine({ event: 'hold', change: 'released', host, agent, by: author.actor }));
      return exitCodes.done;
    }
    io.out(escapeControls(`${name} is no longer on hold: silence is counted again, from zero`));
    for (const other of others) {
      io.out(
        escapeControls(
          `${formatTarget(other)} is still on hold: rollcall release ${shellWord(formatTarget(other))}`,
        ),
      );
    }
    return exitCodes.done;
  },
});

/** Whether the hold covers the target or a part of it, and is not the hold of the target itself. */
const isNear = (hold: HoldRecord, { host, agent }: Target): boolean =>
  hold.host === host && hold.agent !== agent && (hold.agent === undefined || agent === undefined);
