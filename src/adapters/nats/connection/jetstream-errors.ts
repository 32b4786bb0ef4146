/** An error of JetStream, in an acknowledgement or an answer of its API. */
export interface JsError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/**
 * The error in an answer, whoever gave it; undefined: it says none. Some errors of the API have no code
 * of their own.
 */
export function errorIn(answer: object): JsError | undefined {
  const { error } = answer as { readonly error?: Partial<JsError> | null };
  if (error === undefined) return undefined;
  const { code, err_code, description } = error ?? {};
  return {
    code: numberOr0(code),
    err_code: numberOr0(err_code),
    description: typeof description === 'string' ? description : 'an error without a word',
  };
}

/** Whatever else stands there says nothing: an object may even refuse to be a number. */
const numberOr0 = (said: unknown): number => (typeof said === 'number' ? said : 0);

/** Error codes that are named in this adapter (nats-server, server/errors.json). */
export const code = {
  notAvailable: 10008,
  notLeader: 10009,
  accountLimit: 10002,
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
 * What an error in answer to a write means.
 *
 * - `conflict`: stored nothing; a record or a fence is not at its revision.
 * - `again`: stored nothing; the very same write may pass in a moment.
 * - `full`: stored nothing; will not pass before somebody makes room.
 * - `unsure`: may have stored it.
 * - `misconfigured`: stored nothing; the stream is not the one that we need.
 * - `refused`: stored nothing, and never will.
 */
export type Meaning = 'conflict' | 'again' | 'full' | 'unsure' | 'misconfigured' | 'refused';

const meanings: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [code.wrongLastSequence, 'conflict'],
  // Three servers: something on this subject is proposed and not yet applied, be it only a fence that
  // somebody else holds (B11). If it was a write, the next try is told `conflict`.
  [code.inProcess, 'again'],
  [code.fenceNotReady, 'again'],
  [code.notAvailable, 'again'],
  [code.notLeader, 'again'],
  [code.streamOffline, 'again'],
  [code.tooManyRequests, 'again'],
  [code.tooManyBatches, 'again'],
  // A batch is checked and proposed by the one leader that has all of it: without, nothing is stored.
  // Its start went to another leader, or was lost with a connection, or may not be published.
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

/** What this error, in answer to a write, means for the write. */
export function meaningOf(error: JsError): Meaning {
  // The same code says that a limit was met, before anything is stored, and that storing failed: after
  // that a single server keeps the batch on disk and may finish it when it starts again.
  if (error.err_code === code.storeFailed) {
    return /maximum (bytes|messages)/.test(error.description) ? 'full' : 'unsure';
  }
  return meanings.get(error.err_code) ?? 'refused';
}
