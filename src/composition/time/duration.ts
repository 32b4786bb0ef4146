import parseDuration from 'parse-duration';
import { z } from 'zod';
import type { Millis } from '../../domain/time.ts';

/** Numbers with units. The parser alone would ignore other text, and a part whose unit it does not know. */
const shape = /^\s*(\d+(\.\d+)?\s*[a-zµ]+\s*)+$/i;
const part = /\d+(\.\d+)?\s*[a-zµ]+/gi;

const rule = 'a duration with its unit, like 500ms, 15s or 1m 30s';

/** `15s`, `1m 30s`, `500ms`: as whole milliseconds, as in records. A number without a unit is refused as ambiguous. */
export const Duration: z.ZodType<Millis> = z.string({ error: rule }).transform((text, context) => {
  const parts = shape.test(text) ? (text.match(part) ?? []) : [];
  const duration = parts.reduce((sum, one) => sum + (parseDuration(one) ?? Number.NaN), 0);
  if (parts.length > 0 && Number.isFinite(duration)) return Math.round(duration);
  context.addIssue({ code: 'custom', message: rule });
  return z.NEVER;
});

/** A duration in an option of a program: milliseconds, or `15s`. */
export const DurationOrMillis: z.ZodType<Millis> = z.union([z.number().nonnegative(), Duration], {
  error: `milliseconds, or ${rule}`,
});
