import type { StoreLoss } from '../../domain/store-history/store-loss.ts';
import { repairStore } from '../../runtime/operator/repair-store.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { lossSentence, repairOf } from '../doctor/loss-text.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings } from '../session/operator.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { wrapText } from '../terminal/wrap.ts';

export const repair = command({
  name: 'repair',
  summary:
    'show what registry and audit have lost, after a restore or a power cut; asks before it repairs and records the loss',
  settings: {
    yes: {
      flag: '--yes',
      description:
        'repair and record what was found without asking; without it and without a terminal, nothing is changed',
      schema: Switch,
    },
    ...operatorSettings,
  },
  examples: [
    [
      'rollcall repair',
      'shows what was lost and what a repair does, then asks; exits with 1 if nothing was repaired',
    ],
    ['rollcall repair --yes --as alice', 'repairs it; the audit records who accepted the loss'],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'repair');
    const { ports } = connected;
    const found = await ports.audit.losses();
    if (!settings.json) for (const line of found.flatMap((loss) => lines(loss, io))) io.out(line);
    if (!settings.yes && !(await isWanted(found, settings.json, io))) {
      if (settings.json) for (const loss of found) io.out(documentLine({ event: 'loss', ...loss }));
      else if (found.length === 0) io.out('nothing to repair: registry and audit fit together');
      else io.out(io.palette.dim('nothing was changed; to repair: rollcall repair --yes'));
      return found.length > 0 ? exitCodes.wanting : exitCodes.done;
    }
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const recorded = found.length > 0 ? await repairStore(author, ports) : [];
    if (settings.json) {
      for (const loss of recorded) {
        io.out(documentLine({ event: 'repaired', ...loss, by: author.actor }));
      }
    } else
      io.out(
        `repaired and recorded: ${recorded.length === 1 ? '1 loss' : `${recorded.length} losses`}`,
      );
    return exitCodes.done;
  },
});

/** Asks on a terminal. Without a terminal, nothing is repaired. */
const isWanted = async (found: readonly StoreLoss[], json: boolean, io: Terminal) =>
  found.length > 0 && !json && canAsk(io) && (await isAgreed(io, 'Repair and record this?'));

const lines = (loss: StoreLoss, { palette, columns }: Terminal): readonly string[] => [
  ...wrapText(`${palette.expired('✕')} ${lossSentence(loss)}`, columns),
  ...wrapText(`  ${repairOf[loss.kind]}`, columns),
];
