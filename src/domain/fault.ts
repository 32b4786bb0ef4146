/** Code of an expected failure. docs/reference/error-codes.md lists meanings and what to do. */
export type FaultCode =
  | 'bad-name'
  | 'bad-setting'
  | 'bad-instances-file'
  | 'record-unreadable'
  | 'record-too-large'
  | 'event-unreadable'
  | 'store-unavailable'
  | 'store-refused'
  | 'store-misconfigured'
  | 'store-too-new'
  | 'server-not-found'
  | 'server-too-old'
  | 'server-failed'
  | 'checksum-wrong'
  | 'offline'
  | 'port-taken'
  | 'slot-held'
  | 'superseded'
  | 'expired'
  | 'not-found'
  | 'not-drawn'
  | 'history-lost'
  | 'restore-running';

/**
 * An expected failure that the caller cannot handle. It has a code, a message that says what happened to
 * what, and optionally a hint on what to do.
 *
 * Any other error is a bug: the process ends, its lease lapses and another process takes over.
 */
export class Fault extends Error {
  /** `Fault`. */
  override readonly name = 'Fault';
  /** What kind of failure this is. Stable between versions. */
  readonly code: FaultCode;
  /** What to do, if that is known. */
  readonly hint: string | undefined;

  /** `options.cause`: the error that caused this one. */
  constructor(code: FaultCode, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.hint = options.hint;
  }
}

// Kinds within a code, for callers that add a hint or wait. The text of a fault is for people: it may change.

/** `store-unavailable`: no server answers at these addresses, which may be wrong. */
export class NoAnswer extends Fault {}

/** `store-refused`: this connection may not publish to a subject. Another login may. */
export class PublishRefused extends Fault {}

/** `server-failed`: another process uses the store. It may be about to end. */
export class StoreInUse extends Fault {}
