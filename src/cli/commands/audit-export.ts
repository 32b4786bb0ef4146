import { z } from 'zod';
import { historyLine, writeFileAtomic } from '../../composition/files.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import { historyStartLines } from '../../domain/replay/history-start.ts';
import type { Revision } from '../../domain/time.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import { isAfter, type ReplayTarget } from '../../runtime/audit/replay.ts';
import { stateBefore } from '../../runtime/audit/state-before.ts';
import { ReferencedCharts } from '../audit/exported-charts.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { nowOf, openHistory } from '../audit/open-history.ts';
import { formatCount, ProgressLine } from '../audit/progress.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { withSpinner } from '../terminal/spinner.ts';

const Moments = z.string().min(1, momentRule).optional();

export const auditExport = command({
  name: 'audit export',
  summary: 'write the history to a file, which the other audit commands can read without a server',
  settings: {
    ...source,
    out: {
      flag: '--out <file>',
      description: 'output file; compressed if it ends in .gz; - is standard output',
      schema: z.string().min(1, 'not empty'),
    },
    from: {
      flag: '--from <moment>',
      description: 'first sequence or time to export',
      schema: Moments,
    },
    to: {
      flag: '--to <moment>',
      description: 'last sequence or time to export, inclusive',
      schema: Moments,
    },
  },
  examples: [
    ['rollcall audit export --out history.ndjson.gz', 'the whole history'],
    ["rollcall audit export --from '1h ago' --out - | jq -c .event", 'the last hour'],
    ['rollcall audit verify --file history.ndjson.gz', 'verifies the exported file'],
  ],
  async run({ settings, io }) {
    await using opened = await openHistory(settings, io, 'audit export');
    const { history } = opened;
    const now = await nowOf(opened);
    const moment = async (setting: 'from' | 'to') => {
      const text = settings[setting];
      return text === undefined ? undefined : locateMoment(setting, text, history, io, now);
    };
    const from = await moment('from');
    const to = await moment('to');
    const meter = new ProgressLine(await history.range(), systemAdapters.clock.monotonic);
    const charts = new ReferencedCharts();
    let count = 0;
    const lines = async function* (say: (text: string) => void) {
      // Programs that read the standard output expect one event a line.
      const start =
        from &&
        settings.out !== '-' &&
        (await stateBefore(history, before(from), opened.keyframes, io.signal));
      if (start) for (const line of historyStartLines(start)) yield `${line}\n`;
      for await (const stored of between(history.read(startOf(from)), from, to)) {
        io.signal.throwIfAborted();
        count += 1;
        charts.add(stored.text);
        if (count % 1000 === 0) say(`exporting  ${meter.at(stored.seq, count)}`);
        yield `${historyLine(stored)}\n`;
      }
    };
    const { out } = settings;
    try {
      if (out === '-') {
        for await (const piece of pieces(lines(() => {}))) io.out(piece.slice(0, -1));
      } else {
        await withSpinner(io, 'exporting', (say) =>
          writeFileAtomic(out, pieces(lines(say)), { gzip: out.endsWith('.gz') }),
        );
        for (const chart of await charts.writeTo(out, opened.charts)) {
          io.err(
            `${io.palette.dubious('note')}: the export has no chart ${chart}: it was never published`,
          );
        }
      }
    } catch (cause) {
      if (!io.signal.aborted) throw cause;
      if (out !== '-') io.err(`interrupted: nothing was written to ${out}`);
      return exitCodes.interrupted;
    }
    if (out !== '-') io.err(`${formatCount(count)} events of ${opened.name} written to ${out}`);
    return exitCodes.done;
  },
});

const before = (from: ReplayTarget): ReplayTarget =>
  'at' in from ? { at: from.at - 1 } : 'seq' in from ? { before: from.seq } : from;

const startOf = (from: ReplayTarget | undefined): Revision =>
  from === undefined || 'at' in from ? 0 : 'seq' in from ? from.seq : from.before;

/** Events from `from` to `to`, inclusive. Times never decrease as the sequence grows. */
async function* between(
  events: AsyncIterable<StoredEvent>,
  from: ReplayTarget | undefined,
  to: ReplayTarget | undefined,
): AsyncGenerator<StoredEvent> {
  for await (const stored of events) {
    if (from && 'at' in from && stored.storedAt < from.at) continue;
    if (to && isAfter(stored, to)) return;
    yield stored;
  }
}

const pieceLength = 64 * 1024;

/** Joins lines into pieces, so that each write is large. */
async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
