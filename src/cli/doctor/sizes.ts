import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Ports } from '../../ports/ports.ts';
import { plural } from '../tables/footer.ts';
import { formatSetting } from '../terminal/format-time.ts';
import { type Finding, note, ok } from './finding.ts';

/** From this part of the limit on, one more label may be refused. */
const largePart = 0.5;

/** Shows the largest record, and how large a message the server accepts. */
export async function diagnoseSizes(
  { registry }: Pick<Ports, 'registry'>,
  maxPayload: number | undefined,
): Promise<readonly Finding[]> {
  if (maxPayload === undefined) return [];
  return sizeFindings(await registry.list([allKeys], 0), maxPayload);
}

/** The finding about the largest of these records; none without a record. Sizes are in bytes. */
export function sizeFindings(
  entries: readonly Pick<KeyValueEntry, 'key' | 'text'>[],
  maxPayload: number,
): readonly Finding[] {
  let [largest, most] = ['', 0];
  for (const { key, text } of entries) {
    const size = Buffer.byteLength(text ?? '');
    if (size > most) [largest, most] = [key, size];
  }
  if (most === 0) return [];
  const what = `the largest record has ${most} bytes (${largest}); the server accepts ${maxPayload}`;
  if (most < largePart * maxPayload) return [ok('sizes', what)];
  return [note('sizes', what, 'shorten its labels, or raise max_payload of the server')];
}

const nanosPerMilli = 1e6;
const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Shows how large the stream of the history is, and its limits. */
export function historySize({
  state: { messages, bytes },
  config: { max_age: age = 0, max_bytes: most = -1 },
}: {
  readonly state: { readonly messages: number; readonly bytes: number };
  readonly config: { readonly max_age?: number; readonly max_bytes?: number };
}): Finding {
  const limits = [
    ...(age > 0 ? [formatSetting(age / nanosPerMilli)] : []),
    ...(most > 0 ? [inMegabytes(most)] : []),
  ];
  const limit = limits.length > 0 ? `its limit is ${limits.join(' and ')}` : 'it has no limit';
  return ok(
    'audit',
    `the history has ${plural(messages, 'event')}, ${inMegabytes(bytes)}; ${limit}`,
  );
}
