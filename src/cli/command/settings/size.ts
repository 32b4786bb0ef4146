import { z } from 'zod';
import { getOwn } from '../../../domain/json.ts';

const units: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};

const rule = 'a size with its unit, like 500MB, 10GB or 2GiB';

/** `10GB`, `500 MB`, `2GiB`: as bytes. A number without a unit is refused as ambiguous. */
export const Size: z.ZodType<number> = z.string({ error: rule }).transform((text, context) => {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const bytes = Number(number) * (getOwn(units, unit.toLowerCase()) ?? Number.NaN);
  if (Number.isFinite(bytes)) return Math.round(bytes);
  context.addIssue({ code: 'custom', message: rule });
  return z.NEVER;
});

/** A size as it is written in a setting: `10GB`. */
export function sizeWritten(bytes: number): string {
  for (const [unit, of] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= of) return `${Number((bytes / of).toFixed(2))}${unit}`;
  }
  return `${bytes}B`;
}
