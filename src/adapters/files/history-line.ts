import { z } from 'zod';
import { formatParseError } from '../../domain/records/stored-record.ts';
import type { StoredEvent } from '../../ports/audit.ts';

/**
 * An event of a history as one line of a file (docs/reference/protocol.md §7): its place, and the stored text
 * byte for byte, so that the hashes over it still hold. A text that would not be one line of JSON is
 * written as a string instead.
 */
export function historyLine({ seq, origin, storedAt, subject, text }: StoredEvent): string {
  const place = `{"seq":${seq},"origin":${origin},"storedAt":${storedAt},"subject":${JSON.stringify(subject)}`;
  return isOneLineOfJson(text)
    ? `${place},"event":${text}}`
    : `${place},"text":${JSON.stringify(text)}}`;
}

/** What a line of a file holds, or why it can't be read. */
export function readHistoryLine(line: string): StoredEvent | { readonly why: string } {
  const written = ours.exec(line);
  if (!written || !line.endsWith('}')) return readOthers(line);
  const [head, seq, origin, storedAt, subject = '', kind] = written;
  const place = { seq: Number(seq), origin: Number(origin), storedAt: Number(storedAt) };
  if (!Object.values(place).every(Number.isSafeInteger)) return { why: rule };
  try {
    const rest = line.slice(head.length, -1);
    return {
      ...place,
      subject: JSON.parse(subject),
      text: kind === 'event' ? rest : z.string().parse(JSON.parse(rest)),
    };
  } catch (cause) {
    return { why: formatParseError(cause) };
  }
}

/** A line as we write it: what follows is the text itself, and one brace. */
const ours =
  /^\{"seq":(\d{1,16}),"origin":(\d{1,16}),"storedAt":(\d{1,16}),"subject":("(?:[^"\\]|\\.)*"),"(event|text)":/u;

const whole = z.number().int().nonnegative();
const place = { seq: whole, origin: whole, storedAt: whole, subject: z.string() };
const Line = z.union([
  z.object({ ...place, text: z.string() }),
  z.object({ ...place, event: z.unknown() }),
]);

/** A line that somebody's tool wrote anew. The bytes of its event are what JSON makes of it again. */
function readOthers(line: string): StoredEvent | { readonly why: string } {
  try {
    const { seq, origin, storedAt, subject, ...rest } = Line.parse(JSON.parse(line));
    const text = 'text' in rest ? rest.text : JSON.stringify(rest.event);
    return { seq, origin, storedAt, subject, text };
  } catch (cause) {
    return { why: cause instanceof z.ZodError ? rule : formatParseError(cause) };
  }
}

const rule = 'not a line of an exported history: seq, origin, storedAt, subject, and event or text';

function isOneLineOfJson(text: string): boolean {
  if (/[\r\n]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
