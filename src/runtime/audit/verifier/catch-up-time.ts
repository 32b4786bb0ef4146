import { type Millis, seconds } from '../../../domain/time.ts';

/** How long the audit may lag behind the registry: after a leader failure it pauses for 11 s. */
export const catchUpTimeout: Millis = seconds(20);
/** How often a reader that waits for the audit looks. */
export const pollEvery: Millis = 250;
