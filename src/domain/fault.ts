/** A failure that was foreseen. What a code means and what to do is listed in docs/reference/error-codes.md. */
export type FaultCode =
  | 'bad-name'
  | 'bad-setting'
  | 'bad-instances-file'
  | 'record-unreadable'
  | 'event-unreadable'
  | 'store-unavailable'
  | 'store-refused'
  | 'store-misconfigured'
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
  | 'not-drawn';

/**
 * An expected failure that the caller cannot handle. It has a code, a message that says what happened to
 * what, and optionally a hint on what to do.
 *
 * Any other error is a bug: the process ends, its lease lapses and another process takes over.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly hint: string | undefined;

  constructor(code: FaultCode, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.hint = options.hint;
  }
}
