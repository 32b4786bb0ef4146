import { z } from 'zod';
import { connectionOptions } from '../../composition/store/access.ts';
import { backUp } from '../../composition/store/backups.ts';
import { verifyLive } from '../audit/verify-live.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { connectOnce } from '../session/connect.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const backup = command({
  name: 'backup',
  summary: 'copy registry and audit, as they are at one moment, into a folder while the fleet runs',
  settings: {
    out: {
      flag: '--out <folder>',
      description: 'folder for the backup: new, or empty',
      schema: z.string().min(1, 'not empty'),
    },
    verify: {
      flag: '--no-verify',
      description: 'skip the verification of the history, which takes long for a large one',
      schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
    },
  },
  examples: [
    ['rollcall backup --out backups/2026-12-01', 'exits with 1 if the history diverges'],
    [
      'rollcall restore backups/2026-12-01 --servers nats://new:4222',
      'brings it back, also on another server',
    ],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'backup');
    const divergences = settings.verify ? await verifyLive(connected.ports, io) : null;
    const access = await connectionOptions(settings);
    const made = await withSpinner(io, 'copying', (say) =>
      backUp(access, settings.out, {
        ...{ signal: io.signal, divergences },
        progress: (stream, bytes) => say(`copying ${stream}  ${(bytes / 1e6).toFixed(1)} MB`),
      }),
    );
    const { at, namespace, streams } = made;
    const sizes = Object.fromEntries(streams.map(({ part, bytes }) => [part, bytes]));
    if (settings.json) {
      io.out(
        documentLine({
          event: 'backup',
          namespace,
          at,
          out: settings.out,
          divergences,
          bytes: sizes,
        }),
      );
    } else {
      const total = streams.reduce((sum, { bytes }) => sum + bytes, 0);
      const size = `${(total / 1e6).toFixed(1)} MB`;
      io.out(`namespace '${namespace}' of ${at}: ${size} in ${escapeControls(settings.out)}`);
      if (divergences === null) io.out(io.palette.dim('the history was not verified'));
    }
    if (!divergences) return exitCodes.done;
    io.err(`the history diverges in ${divergences} places; list them: rollcall audit verify`);
    return exitCodes.wanting;
  },
});
