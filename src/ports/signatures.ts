import type { CheckSignature, Signer } from '../domain/events/signature.ts';
import type { RunId } from '../domain/identity/names.ts';

/** Signatures of the processes that write events. */
export interface Signatures {
  /** A new key for this run. Its private half stays in the memory of this process. */
  signerFor(run: RunId): Signer;
  readonly check: CheckSignature;
}
