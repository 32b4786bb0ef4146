import { type Place, placeName, placeNamed } from '../../composition/host-or-agent.ts';
import { Fault } from '../../domain/fault.ts';
import type { HoldRecord } from '../../domain/records/schemas.ts';
import { endHoldEarly as end } from '../../runtime/operator/operator-actions.ts';
import { command } from '../command/command.ts';
import { exit } from '../command/exit.ts';
import { openView } from '../session/open-view.ts';
import { operating, operatorOf, patience } from '../session/operator.ts';
import { jsonLine, printable } from '../terminal/escape-terminal.ts';

export const release = command({
  name: 'release',
  about: 'end a planned silence before its time: from then on silence counts again, from zero',
  args: '<place>',
  settings: operating,
  examples: [
    ['rollcall release db-1', 'the hold of a host'],
    ['rollcall release db-1/postgres', 'that of one agent'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const place = placeNamed(text);
    await using view = await openView(settings, io, 'release');
    const { ports, directory } = view;
    const author = { actor: await operatorOf(settings, io), ports };
    const name = placeName(place);
    const others = [...directory.fleet.state.holds()]
      .map(({ record }) => record)
      .filter((record) => isNear(record, place));
    const outcome = await end(author, place, ports, patience(io));
    if (outcome === 'absent') {
      throw new Fault('not-found', `${name} is not on hold`, {
        hint: others[0]
          ? `but ${placeName(others[0])} is: rollcall release ${placeName(others[0])}`
          : 'what is on hold: rollcall agents',
      });
    }
    if (settings.json) {
      const { host, agent = null } = place;
      io.out(jsonLine({ event: 'hold', change: 'released', host, agent, by: author.actor }));
      return exit.done;
    }
    io.out(printable(`${name} is no longer on hold: silence there counts again, from zero`));
    for (const other of others) {
      io.out(printable(`${placeName(other)} still is: rollcall release ${placeName(other)}`));
    }
    return exit.done;
  },
});

/** Another hold that covers this place, or a part of it. */
const isNear = (hold: HoldRecord, { host, agent }: Place): boolean =>
  hold.host === host && hold.agent !== agent && (hold.agent === undefined || agent === undefined);
