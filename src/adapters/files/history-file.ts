import { open, stat } from 'node:fs/promises';
import { Fault } from '../../domain/fault.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import type { Revision } from '../../domain/time.ts';
import type { Audit, StoredEvent } from '../../ports/audit.ts';
import { readHistoryLine } from './history-line.ts';
import { linesOf } from './read-lines.ts';
import { fileFault } from './read-text.ts';

/**
 * A history that was exported into a file, gzipped or not.
 *
 * Read in a stream, from the beginning each time. A line that is no event, and a file that ends in the
 * middle, come back as events that say so, named by line: what can be read is (G12).
 * @throws {Fault} `bad-setting` at the first use where there is no such file
 */
export function historyFile(file: string): Pick<Audit, 'read' | 'range'> {
  let range: Promise<{ first: Revision; last: Revision }> | undefined;
  return {
    async *read(from, filters) {
      const wants = filters && matchesSubject(filters);
      for await (const event of eventsOf(file)) {
        if (event.seq < from) continue;
        // A line that can't be read may have been anybody's.
        if (!wants || event.illegible !== undefined || wants(event.subject)) yield event;
      }
    },
    range() {
      range ??= rangeOf(file);
      return range;
    },
  };
}

async function* eventsOf(file: string): AsyncGenerator<StoredEvent, void, undefined> {
  let number = 0;
  let before = { seq: 0, origin: 0, storedAt: 0 };
  /** Takes the place behind the event before: where it really stood is not known. */
  const illegible = (at: string, why: string): StoredEvent => {
    before = { ...before, seq: before.seq + 1, origin: before.origin + 1 };
    return { ...before, subject: at, text: '', illegible: why };
  };
  try {
    await assertRegular(file);
    for await (const piece of linesOf(file)) {
      if (piece.kind !== 'lines') {
        number += piece.kind === 'too-long' ? 1 : 0;
        const where = piece.kind === 'too-long' ? `line ${number}` : `after line ${number}`;
        yield illegible(where, piece.kind === 'too-long' ? 'too long' : endOf(piece.why));
        continue;
      }
      for (const line of piece.lines) {
        number += 1;
        if (line.trim() === '') continue;
        const read = readHistoryLine(line.trimEnd());
        if ('why' in read) {
          yield illegible(`line ${number}`, read.why);
        } else {
          before = read;
          yield read;
        }
      }
    }
  } catch (cause) {
    throw fileFault(file, cause, 'bad-setting');
  }
}

/** A pipe can be read once only, and most that one asks of a history takes more than one reading. */
async function assertRegular(file: string): Promise<void> {
  const found = await stat(file);
  if (found.isFile() || found.isDirectory()) return;
  throw new Fault('bad-setting', `${file}: not a regular file; a history is read more than once`);
}

const endOf = (why: string): string => `the file cannot be read on: ${why}`;

/** Of a file that is not packed only both ends are read; of one that is, only the last line is looked at. */
async function rangeOf(file: string): Promise<{ first: Revision; last: Revision }> {
  let first = 0;
  for await (const { seq } of eventsOf(file)) {
    first = seq;
    break;
  }
  const last = (await lastLineOf(file)) ?? (await lastLineIn(file)) ?? (await lastOf(file));
  return { first, last };
}

async function lastOf(file: string): Promise<Revision> {
  let last = 0;
  for await (const { seq } of eventsOf(file)) last = Math.max(last, seq);
  return last;
}

/** The sequence in the last line of all that can be read; undefined where there is more, that can't. */
async function lastLineIn(file: string): Promise<Revision | undefined> {
  let last = '';
  for await (const piece of linesOf(file)) {
    if (piece.kind !== 'lines') return undefined;
    last = piece.lines.findLast((line) => line.trim() !== '') ?? last;
  }
  return seqIn(last);
}

const lookedAt = 1024 * 1024;

/** The sequence in the last line; undefined where that is no plain line of a history. */
async function lastLineOf(file: string): Promise<Revision | undefined> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length = Math.min(size, lookedAt);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return seqIn(buffer.toString().trimEnd().split('\n').at(-1) ?? '');
}

function seqIn(line: string): Revision | undefined {
  const read = readHistoryLine(line.trimEnd());
  return 'why' in read ? undefined : read.seq;
}
