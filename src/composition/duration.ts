import parseDuration from 'parse-duration';
import { z } from 'zod';
import type { Millis } from '../domain/time.ts';

/** One or more of a number and its unit; the parser itself would read past anything else. */
const shape = /^\s*(\d+(\.\d+)?\s*[a-zµ]+\s*)+$/i;

const rule = 'a duration with its unit, like 500ms, 15s or 1m 30s';

/** `15s`, `1m 30s`, `500ms`: as milliseconds. A bare number is refused: nobody knows its unit. */
export const Duration: z.ZodType<Millis> = z.string({ error: rule }).transform((text, context) => {
  const duration = shape.test(text) ? parseDuration(text) : null;
  if (duration !== null && Number.isFinite(duration)) return duration;
  context.addIssue({ code: 'custom', message: rule });
  return z.NEVER;
});

/** As a program says it: milliseconds, or `15s`. */
export const DurationOrMillis: z.ZodType<Millis> = z.union([z.number().nonnegative(), Duration], {
  error: `milliseconds, or ${rule}`,
});
