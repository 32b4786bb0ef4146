import { prepare } from './programs.ts';

/** The tests begin at once; those that need a program wait for it, and report why there is none. */
export function setup(): void {
  prepare().catch(() => {});
}
