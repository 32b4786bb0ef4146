/** A JetStream error, in an acknowledgement or in an API reply. */
export interface JsError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/**
 * The error in a reply; undefined if it has none. The reply may come from any client. Some API errors
 * have no code of their own.
 */
export function errorIn(answer: object): JsError | undefined {
  const { error } = answer as { readonly error?: Partial<JsError> | null };
  if (error === undefined) return undefined;
  const { code, err_code, description } = error ?? {};
  return {
    code: numberOr0(code),
    err_code: numberOr0(err_code),
    description: typeof description === 'string' ? description : 'an error without a description',
  };
}

/** 0 for anything that is not a number: `Number()` of a foreign object may throw. */
const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The error codes that this adapter uses (nats-server, server/errors.json). */
export const code = {
  notAvailable: 10008,
  notLeader: 10009,
  accountLimit: 10002,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  memoryExceeded: 10028,
  noMessage: 10037,
  notEnabledForAccount: 10039,
  storageExceeded: 10047,
  nameExists: 10058,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  notEnabled: 10076,
  storeFailed: 10077,
  streamOffline: 10118,
  restoredNameExists: 10130,
  fenceNotReady: 10163,
  inProcess: 10164,
  ttlInvalid: 10165,
  ttlDisabled: 10166,
  tooManyRequests: 10167,
  batchesDisabled: 10174,
  batchIncomplete: 10176,
  batchTooLarge: 10199,
  tooManyBatches: 10210,
} as const;

/**
 * What an error reply to a write means.
 *
 * - `conflict`: not stored; a record or a fence has another revision than expected.
 * - `again`: not stored; the same write may succeed in a moment.
 * - `full`: not stored; it cannot succeed before an operator frees space.
 * - `unsure`: may have been stored.
 * - `misconfigured`: not stored; the stream has not the settings that we need.
 * - `refused`: not stored; the same write can never succeed.
 */
export type Meaning = 'conflict' | 'again' | 'full' | 'unsure' | 'misconfigured' | 'refused';

const meanings: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [code.wrongLastSequence, 'conflict'],
  // Three servers: a proposal on this subject is not yet applied, possibly only the fence of another
  // commit (B11). If it was a write, the next try gets `conflict`.
  [code.inProcess, 'again'],
  [code.fenceNotReady, 'again'],
  [code.notAvailable, 'again'],
  [code.notLeader, 'again'],
  [code.streamOffline, 'again'],
  [code.tooManyRequests, 'again'],
  [code.tooManyBatches, 'again'],
  // A batch is checked and proposed by the one leader that has all of its messages; else nothing is
  // stored. Its first messages went to another leader, or were lost with a connection, or were refused.
  [code.batchIncomplete, 'again'],
  [code.insufficientResources, 'full'],
  [code.accountLimit, 'full'],
  [code.memoryExceeded, 'full'],
  [code.storageExceeded, 'full'],
  [code.streamNotFound, 'misconfigured'],
  [code.ttlDisabled, 'misconfigured'],
  [code.batchesDisabled, 'misconfigured'],
  [code.notEnabled, 'misconfigured'],
  [code.notEnabledForAccount, 'misconfigured'],
]);

/** What this error reply means for the write. */
export function meaningOf(error: JsError): Meaning {
  // One code for two cases: a limit was reached before anything was stored, or storing failed. After
  // a failure a single server keeps the batch on disk and may finish it at its next start.
  if (error.err_code === code.storeFailed) {
    return /maximum (bytes|messages)/.test(error.description) ? 'full' : 'unsure';
  }
  return meanings.get(error.err_code) ?? 'refused';
}
