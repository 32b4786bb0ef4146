import { open, stat } from 'node:fs/promises';
import { Fault } from '../../domain/fault.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import { type HistoryStart, readHistoryStartLine } from '../../domain/replay/history-start.ts';
import type { Revision } from '../../domain/time.ts';
import type { History, StoredEvent } from '../../ports/audit.ts';
import { readHistoryLine } from './history-line.ts';
import { readLines } from './read-lines.ts';
import { fileFault } from './read-text.ts';

/**
 * A history that was exported to a file, gzipped or not.
 *
 * Each read streams the file from its start. An unreadable line and a truncated end are returned as
 * illegible events named after their line; all readable events are returned (G12). `signal` ends reads that are under way.
 * @throws {Fault} `bad-setting` at the first use if the file does not exist
 */
export function historyFile(file: string, signal?: AbortSignal): History {
  let range: Promise<{ first: Revision; last: Revision }> | undefined;
  return {
    async *read(from, filters) {
      const matches = filters && matchesSubject(filters);
      for await (const event of eventsOf(file, signal)) {
        if (event.seq < from) continue;
        // An unreadable line may belong to any subject.
        if (!matches || event.illegible !== undefined || matches(event.subject)) yield event;
      }
    },
    range() {
      range ??= rangeOf(file, signal);
      return range;
    },
    start: () => startOf(file, signal),
  };
}

async function* eventsOf(
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEvent, void, undefined> {
  let number = 0;
  let previous = { seq: 0, origin: 0, storedAt: 0 };
  /** Gets the sequence after the previous event: its own sequence is unknown. */
  const illegible = (position: string, why: string): StoredEvent => {
    previous = { ...previous, seq: previous.seq + 1, origin: previous.origin + 1 };
    return { ...previous, subject: position, text: '', illegible: why };
  };
  try {
    await assertRegular(file);
    for await (const batch of readLines(file, signal)) {
      if (batch.kind === 'too-long') {
        number += 1;
        yield illegible(`line ${number}`, 'too long');
        continue;
      }
      if (batch.kind === 'broken') {
        yield illegible(`after line ${number}`, `the rest of the file is unreadable: ${batch.why}`);
        continue;
      }
      for (const line of batch.lines) {
        number += 1;
        if (line.trim() === '') continue;
        const start = readHistoryStartLine(line.trimEnd());
        if (start && !('why' in start)) continue;
        const event = start ?? readHistoryLine(line.trimEnd());
        if ('why' in event) {
          yield illegible(`line ${number}`, event.why);
        } else {
          previous = event;
          yield event;
        }
      }
    }
  } catch (cause) {
    throw fileFault(file, cause, 'bad-setting');
  }
}

/** Undefined if the file has none, or one with an unreadable line. */
async function startOf(
  file: string,
  signal: AbortSignal | undefined,
): Promise<HistoryStart | undefined> {
  let head: Omit<HistoryStart, 'records'> | undefined;
  const records: HistoryStart['records'][number][] = [];
  const whole = () => head && { ...head, records };
  try {
    await assertRegular(file);
    for await (const batch of readLines(file, signal)) {
      if (batch.kind !== 'lines') return undefined;
      for (const text of batch.lines) {
        if (text.trim() === '') continue;
        const line = readHistoryStartLine(text.trimEnd());
        if (!line) return whole();
        if ('why' in line) return undefined;
        if ('start' in line) head = line.start;
        else records.push(line.record);
      }
    }
  } catch (cause) {
    throw fileFault(file, cause, 'bad-setting');
  }
  return whole();
}

/** A pipe can be read only once; most commands read a history several times. */
async function assertRegular(file: string): Promise<void> {
  const found = await stat(file);
  if (found.isFile() || found.isDirectory()) return;
  throw new Fault(
    'bad-setting',
    `${file}: must be a regular file, because a history is read more than once`,
  );
}

/** Reads only both ends of a plain file. A gzipped file is read to its end, but only its last line is parsed. */
async function rangeOf(
  file: string,
  signal: AbortSignal | undefined,
): Promise<{ first: Revision; last: Revision }> {
  let first = 0;
  for await (const { seq } of eventsOf(file, signal)) {
    first = seq;
    break;
  }
  const last =
    (await lastSeqOfTail(file)) ??
    (await lastSeqOfLines(file, signal)) ??
    (await lastSeqOfEvents(file, signal));
  return { first, last };
}

async function lastSeqOfEvents(file: string, signal: AbortSignal | undefined): Promise<Revision> {
  let last = 0;
  for await (const { seq } of eventsOf(file, signal)) last = Math.max(last, seq);
  return last;
}

/** The sequence in the last line; undefined if a part of the file is unreadable. */
async function lastSeqOfLines(
  file: string,
  signal: AbortSignal | undefined,
): Promise<Revision | undefined> {
  let last = '';
  for await (const batch of readLines(file, signal)) {
    if (batch.kind !== 'lines') return undefined;
    last = batch.lines.findLast((line) => line.trim() !== '') ?? last;
  }
  return seqIn(last);
}

const tailLength = 1024 * 1024;

/** The sequence in the last line of a plain file; undefined if that is not a line of a history. */
async function lastSeqOfTail(file: string): Promise<Revision | undefined> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length = Math.min(size, tailLength);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return seqIn(buffer.toString().trimEnd().split('\n').at(-1) ?? '');
}

function seqIn(line: string): Revision | undefined {
  const event = readHistoryLine(line.trimEnd());
  return 'why' in event ? undefined : event.seq;
}
