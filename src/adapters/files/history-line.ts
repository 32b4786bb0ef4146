import { z } from 'zod';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import type { StoredEvent } from '../../ports/audit.ts';

/**
 * An event of a history as one line of a file (docs/reference/protocol.md §7): its sequence, and the stored text
 * byte for byte, so that its hash stays valid. A text that is not one line of JSON is written as a
 * string.
 */
export function historyLine(event: StoredEvent): string {
  const { seq, origin, storedAt, subject, text, copiesBefore } = event;
  const place = `{"seq":${seq},"origin":${origin},"storedAt":${storedAt},"subject":${JSON.stringify(subject)}`;
  const head = copiesBefore === undefined ? place : `${place},"copiesBefore":${copiesBefore}`;
  return isOneLineOfJson(text)
    ? `${head},"event":${text}}`
    : `${head},"text":${JSON.stringify(text)}}`;
}

/** Parses a line of an exported history, or returns why it is unreadable. */
export function readHistoryLine(line: string): StoredEvent | { readonly why: string } {
  const match = ownFormat.exec(line);
  if (!match || !line.endsWith('}')) return readForeignLine(line);
  const [head, seq, origin, storedAt, subject = '', copies, kind] = match;
  const numbers = {
    ...{ seq: Number(seq), origin: Number(origin), storedAt: Number(storedAt) },
    ...(copies !== undefined && { copiesBefore: Number(copies) }),
  };
  if (!Object.values(numbers).every(Number.isSafeInteger)) return { why: rule };
  try {
    const rest = line.slice(head.length, -1);
    return {
      ...numbers,
      subject: JSON.parse(subject),
      text: kind === 'event' ? rest : z.string().parse(JSON.parse(rest)),
    };
  } catch (cause) {
    return { why: formatParseError(cause) };
  }
}

/** Start of a line in our own format. The text and one closing brace follow. */
const ownFormat =
  /^\{"seq":(\d{1,16}),"origin":(\d{1,16}),"storedAt":(\d{1,16}),"subject":("(?:[^"\\]|\\.)*")(?:,"copiesBefore":(\d{1,16}))?,"(event|text)":/u;

const count = z.number().int().nonnegative();
const head = {
  ...{ seq: count, origin: count, storedAt: count, subject: z.string() },
  copiesBefore: count.optional(),
};
const Line = z.union([
  z.object({ ...head, text: z.string() }),
  z.object({ ...head, event: z.unknown() }),
]);

/** A line that another tool rewrote. The text of its event is serialized again, so its hash may differ. */
function readForeignLine(line: string): StoredEvent | { readonly why: string } {
  try {
    const { seq, origin, storedAt, subject, copiesBefore, ...rest } = Line.parse(JSON.parse(line));
    const text = 'text' in rest ? rest.text : JSON.stringify(rest.event);
    const place = { seq, origin, storedAt, subject, ...(copiesBefore && { copiesBefore }) };
    return { ...place, text };
  } catch (cause) {
    return { why: cause instanceof z.ZodError ? rule : formatParseError(cause) };
  }
}

const rule =
  'not a line of an exported history: needs seq, origin, storedAt, subject, and event or text';

function isOneLineOfJson(text: string): boolean {
  if (/[\r\n]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
