import { Fault, type FaultCode } from '../../../domain/fault.ts';
import type { ApiGuardResult } from '../../api-types.ts';

const statuses = {
  'bad-request': 400,
  unauthorised: 401,
  forbidden: 403,
  'not-found': 404,
  'wrong-method': 405,
  'too-large': 413,
  'too-long': 414,
  'too-busy': 503,
} as const;

/** A request that this server does not serve. */
export class HttpError extends Error {
  override readonly name = 'Refusal';
  readonly code: keyof typeof statuses;
  readonly hint: string | undefined;

  constructor(code: keyof typeof statuses, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

const ofFaults: Partial<Record<FaultCode, number>> = {
  'bad-name': 400,
  'bad-setting': 400,
  'not-found': 404,
  'record-unreadable': 409,
  'store-refused': 403,
  'store-unavailable': 503,
};

/** The HTTP error for a failure; undefined for an unexpected one. */
export function toErrorResponse(
  cause: unknown,
): { status: number; fault: ApiGuardResult } | undefined {
  if (cause instanceof HttpError) {
    const { code, message, hint = null } = cause;
    return { status: statuses[code], fault: { code, message, hint } };
  }
  if (!(cause instanceof Fault)) return undefined;
  const { code, message, hint = null } = cause;
  return { status: ofFaults[code] ?? 500, fault: { code, message, hint } };
}
