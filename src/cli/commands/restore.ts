import { z } from 'zod';
import { connectionOptions } from '../../composition/store/access.ts';
import {
  readBackup,
  refuseOtherBackup,
  replacedBy,
  replicasOf,
  restoreBackup,
} from '../../composition/store/backups.ts';
import { allAgents } from '../../domain/identity/registry-keys.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { repairStore } from '../../runtime/operator/repair-store.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { formatCount } from '../audit/progress.ts';
import { verifyLive } from '../audit/verify-live.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { common, Switch } from '../command/settings/common.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings } from '../session/operator.ts';
import { plural } from '../tables/footer.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { wrapText } from '../terminal/wrap.ts';

const openedWithin: Millis = seconds(30);

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
  async run({ settings: given, io, sourceOf, args: [folder = ''] }) {
    const backup = await withSpinner(io, 'reading the backup', () => readBackup(folder));
    const hasDefault = sourceOf(common.replicas) === undefined;
    const replicas = hasDefault ? replicasOf(backup) : given.replicas;
    const settings = { ...given, replicas };
    const access = await connectionOptions(settings);
    // Before anybody is asked whether to delete what is there.
    refuseOtherBackup(access, folder, backup);
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
    const operator = await operatorIdentity(settings, io);
    const { lowered } = await withSpinner(io, 'restoring', (say) =>
      restoreBackup(access, folder, backup, {
        ...{
          signal: io.signal,
          moved: settings.moved,
          by: `${operator.agent} on ${operator.host}`,
        },
        progress: (stream, bytes) => say(`restoring ${stream}  ${(bytes / 1e6).toFixed(1)} MB`),
      }),
    );
    // The leases are made anew. In a cluster the restored streams elect their leaders now.
    const opening = { create: true, within: openedWithin };
    await using connected = await connectOnce(settings, io, 'restore', opening);
    if (!settings.moved) {
      await repairStore(signingAuthor(operator, connected.ports), connected.ports);
    }
    if (lowered) {
      io.err(
        'the replaced registry was created after the backup: tokens and terms that it issued are higher than those to come; restart programs that compare tokens',
      );
    }
    const divergences = settings.verify ? await verifyLive(connected.ports, io) : null;
    const { namespace, at } = backup;
    const agents = (await connected.ports.registry.list([allAgents], 0)).filter(
      ({ text }) => text !== undefined,
    ).length;
    if (settings.json) {
      const event = { event: 'restored', namespace, at, replaced: replaced.length > 0 };
      io.out(documentLine({ ...event, divergences, agents }));
    } else {
      const verified = divergences === 0 ? '; the history is verified' : '';
      io.out(`restored namespace '${namespace}' of ${escapeControls(at)}${verified}`);
      if (replaced.length === 0 && agents > 0) {
        const text = `it has ${plural(agents, 'agent')}: those that do not connect to this server are declared dead here; another server that they still use is not changed`;
        for (const line of wrapText(text, io.columns)) io.out(line);
      }
    }
    if (!divergences) return exitCodes.done;
    const before = backup.divergences;
    io.err(
      `the history diverges in ${divergences} places (${before ?? 'unknown'} when the backup was made); list them: rollcall audit verify`,
    );
    return exitCodes.wanting;
  },
});
