import { z } from 'zod';

/** A whole number as text or number. Errors quote the rule, not a text of the parser. */
export const wholeNumber = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
};
