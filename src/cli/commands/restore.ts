import { z } from 'zod';
import { connectionOptions } from '../../composition/store/access.ts';
import {
  noteLoss,
  readBackup,
  replacedBy,
  restoreBackup,
} from '../../composition/store/backups.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { repairStore } from '../../runtime/operator/repair-store.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { formatCount } from '../audit/progress.ts';
import { verifyLive } from '../audit/verify-live.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings } from '../session/operator.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const restore = command({
  name: 'restore',
  summary:
    'bring a backup back, on the same server or on another; asks before it replaces anything',
  args: '<folder>',
  settings: {
    yes: {
      flag: '--yes',
      description:
        'replace what the server has of the namespace without asking; without it and without a terminal, nothing is replaced',
      schema: Switch,
    },
    moved: {
      flag: '--moved',
      description:
        'all agents and collectors were stopped before the backup, so no event is recorded as lost',
      schema: Switch,
    },
    verify: {
      flag: '--no-verify',
      description: 'skip the verification of the restored history',
      schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
    },
    ...operatorSettings,
  },
  examples: [
    ['rollcall restore backups/2026-12-01', 'compares the files with their digests first'],
    [
      'rollcall restore backups/2026-12-01 --servers nats://new:4222 --moved',
      'moves to another server; all agents and collectors were stopped before the backup',
    ],
  ],
  async run({ settings, io, args: [folder = ''] }) {
    const backup = await withSpinner(io, 'reading the backup', () => readBackup(folder));
    const access = await connectionOptions(settings);
    const replaced = await replacedBy(access, io.signal);
    if (replaced.length > 0 && !settings.yes) {
      for (const { stream, messages } of replaced) {
        io.err(`${stream} exists, with ${formatCount(messages)} messages`);
      }
      const question = `Delete them, and restore namespace '${backup.namespace}' of ${backup.at}?`;
      if (settings.json || !canAsk(io) || !(await isAgreed(io, question))) {
        io.err(io.palette.dim('nothing was changed; to replace them: rollcall restore … --yes'));
        return exitCodes.wanting;
      }
    }
    await withSpinner(io, 'restoring', (say) =>
      restoreBackup(access, folder, backup, {
        signal: io.signal,
        progress: (stream, bytes) => say(`restoring ${stream}  ${(bytes / 1e6).toFixed(1)} MB`),
      }),
    );
    await using connected = await connectOnce(settings, io, 'restore', true);
    const { audit } = connected.ports;
    await withSpinner(io, 'waiting until the audit has all events', async () => {
      while (await audit.isBehind()) await systemAdapters.clock.sleep(100, io.signal);
    });
    if (!settings.moved) {
      await noteLoss(access, backup, io.signal);
      const operator = await operatorIdentity(settings, io);
      await repairStore(signingAuthor(operator, connected.ports), connected.ports);
    }
    const divergences = settings.verify ? await verifyLive(connected.ports, io) : null;
    const { namespace, at } = backup;
    if (settings.json) {
      const event = { event: 'restored', namespace, at, replaced: replaced.length > 0 };
      io.out(documentLine({ ...event, divergences }));
    } else {
      const verified = divergences === 0 ? '; the history is verified' : '';
      io.out(`restored namespace '${namespace}' of ${escapeControls(at)}${verified}`);
    }
    if (!divergences) return exitCodes.done;
    const before = backup.divergences;
    io.err(
      `the history diverges in ${divergences} places (${before ?? 'unknown'} when the backup was made); list them: rollcall audit verify`,
    );
    return exitCodes.wanting;
  },
});
