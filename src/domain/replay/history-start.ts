import { z } from 'zod';
import { formatParseError } from '../records/schema-problems.ts';
import { KeyframeHead, RecordUpdateSchema } from './keyframe-format.ts';

const Head = KeyframeHead.pick({ seq: true, origin: true, at: true, commit: true });

/** The records before the first event of an exported part of a history. */
export type HistoryStart = z.infer<typeof Head> & {
  readonly records: readonly z.infer<typeof RecordUpdateSchema>[];
};

const Line = z.union([
  z.object({ start: Head }).strict(),
  z.object({ record: RecordUpdateSchema }).strict(),
]);
export type HistoryStartLine = z.infer<typeof Line>;

/** The lines before the first event of the file (docs/reference/protocol.md §7). */
export function* historyStartLines({ records, ...start }: HistoryStart): Generator<string> {
  yield JSON.stringify({ start } satisfies HistoryStartLine);
  for (const record of records) yield JSON.stringify({ record } satisfies HistoryStartLine);
}

/** Undefined: this is another line. */
export function readHistoryStartLine(
  line: string,
): HistoryStartLine | { readonly why: string } | undefined {
  if (!line.startsWith('{"start":') && !line.startsWith('{"record":')) return undefined;
  try {
    return Line.parse(JSON.parse(line));
  } catch (cause) {
    return { why: `not a line of the start of a history: ${formatParseError(cause)}` };
  }
}
