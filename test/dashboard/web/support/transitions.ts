import type { ApiDetails } from '../../../../src/dashboard/api-types.ts';
import type { Transition } from '../../../../src/dashboard/history/query-types.ts';

/** A transition of a history that a test tells. */
export const happened = (
  seq: number,
  type: string,
  from: string | null,
  to: string,
  { entity = 1, note = {} }: { entity?: number; note?: ApiDetails } = {},
): Transition => ({ seq, at: seq * 1000, entity, type, from, to, chart: '', edges: [], note });
