import { Fault, type FaultCode } from '../../domain/fault.ts';

/** Exit codes of commands (docs/reference/error-codes.md). */
export const exitCodes = {
  done: 0,
  /** The command ran and found a problem. */
  wanting: 1,
  usage: 2,
  /** The store could not be reached. */
  unreachable: 3,
  /** A bug in Rollcall. */
  bug: 70,
  interrupted: 130,
} as const;

export type Exit = number;

const usage: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'bad-name',
  'bad-setting',
  'bad-instances-file',
]);
/** A server that refuses access counts as not reachable. */
const unreachable: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'store-unavailable',
  'store-refused',
]);

/** The exit code for a failure. */
export function exitCodeOf(cause: unknown): Exit {
  if (!(cause instanceof Fault)) return exitCodes.bug;
  if (usage.has(cause.code)) return exitCodes.usage;
  return unreachable.has(cause.code) ? exitCodes.unreachable : exitCodes.wanting;
}
