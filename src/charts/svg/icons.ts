import type { TransitionTrigger } from '../model/transition-label.ts';

/** What tells a trigger by its shape too, in a square of 12 around its middle. */
export const icons: Readonly<Record<Exclude<TransitionTrigger, 'event'>, string>> = {
  timer: 'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0ZM0 -3V0.3L2.2 1.6',
  done: 'M-4.5 0.5L-1.5 3.5L4.5 -3.5',
  error: 'M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5',
  always: 'M1 -5L-3 1H2.6L-1 5',
};

/** Leaves the state and comes back to it. */
export const selfLoopIcon = 'M3.9 -2.6A4.7 4.7 0 1 0 4.7 0.9M4.4 -5.2V-2.2H1.4';

/** Two bars: its regions are active at once. */
export const parallelIcon = 'M-2.5 -5V5M2.5 -5V5';

/** There is more inside. */
export const collapsedIcon = 'M-5 -5H5V5H-5ZM-2.5 0H2.5M0 -2.5V2.5';
