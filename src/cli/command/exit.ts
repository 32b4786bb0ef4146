import { Fault, type FaultCode } from '../../domain/fault.ts';

/** How a command ended, as scripts see it (docs/reference/error-codes.md). */
export const exitCodes = {
  done: 0,
  /** It ran, and what it found is not as it should be. */
  wanting: 1,
  usage: 2,
  /** The store could not be asked. */
  unreachable: 3,
  /** A mistake in Rollcall itself. */
  bug: 70,
  interrupted: 130,
} as const;

export type Exit = number;

const usage: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'bad-name',
  'bad-setting',
  'bad-instances-file',
]);
/** A server that does not let us in is not reachable for us. */
const unreachable: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'store-unavailable',
  'store-refused',
]);

/** The exit code of a command that ended with this. */
export function exitCodeOf(cause: unknown): Exit {
  if (!(cause instanceof Fault)) return exitCodes.bug;
  if (usage.has(cause.code)) return exitCodes.usage;
  return unreachable.has(cause.code) ? exitCodes.unreachable : exitCodes.wanting;
}
