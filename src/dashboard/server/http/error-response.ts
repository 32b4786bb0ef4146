import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { Fault, type FaultCode } from '../../../domain/fault.ts';
import type { ApiGuardResult } from '../../api-types.ts';

/** The HTTP status of each fault; 500 for the others. */
const statuses: Partial<Record<FaultCode, number>> = {
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
): { status: number; fault: ApiGuardResult; retryAfter?: number } | undefined {
  if (cause instanceof ApiError) {
    const { code, message, hint = null, status, retryAfter } = cause;
    const fault = { code, message, hint };
    return { status, fault, ...(retryAfter !== undefined && { retryAfter }) };
  }
  if (!(cause instanceof Fault)) return undefined;
  const { code, message, hint = null } = cause;
  return { status: statuses[code] ?? 500, fault: { code, message, hint } };
}
