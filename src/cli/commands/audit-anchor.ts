import { z } from 'zod';
import { appendAnchor } from '../../composition/anchor-files.ts';
import { Fault } from '../../domain/fault.ts';
import { anchorOf } from '../../runtime/audit/anchors/anchor-writer.ts';
import { HistoryDigest } from '../../runtime/audit/anchors/history-digest.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { formatCount } from '../audit/progress.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings } from '../session/operator.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const auditAnchor = command({
  name: 'audit anchor',
  summary: 'write a digest of the history, to keep outside the store as evidence',
  settings: {
    to: {
      flag: '--to <file>',
      description: 'append the anchor to this file, or to a file in this directory',
      fallback: 'standard output',
      schema: z.string().min(1, 'not empty').optional(),
    },
    ...operatorSettings,
  },
  examples: [
    [
      'rollcall audit anchor --to /mnt/evidence/anchors.jsonl',
      'keep the file where no writer of the store can change it',
    ],
    [
      'rollcall audit verify --anchor /mnt/evidence/anchors.jsonl',
      'compare the history with the anchors',
    ],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'audit anchor');
    const { ports } = connected;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const digest = new HistoryDigest(ports);
    const position = await withSpinner(io, 'reading the history', () => digest.advance(io.signal));
    if (position.seq === 0) throw new Fault('not-found', 'the history has no event to anchor');
    const line = await anchorOf(author, position, settings.namespace, ports);
    const { to } = settings;
    if (to === undefined || settings.json) io.out(line);
    if (to === undefined) return exitCodes.done;
    const file = await appendAnchor(to, settings.namespace, line);
    io.err(
      escapeControls(
        `anchored ${formatCount(position.events)} events, to #${position.seq}, in ${file}`,
      ),
    );
    return exitCodes.done;
  },
});
