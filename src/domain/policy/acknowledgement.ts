import { z } from 'zod';

/** More need one acknowledgement for a whole zone, or for the fleet. */
export const mostAcknowledgements = 200;

/**
 * An operator's statement that losses need no attention any more: those of a zone (empty: of hosts without
 * one), of a host or of one agent; without a place, all of them.
 *
 * It covers the losses up to `until`, the time of the last loss that its author saw. A later loss of the same
 * place needs attention again.
 */
export const Acknowledgement = z.lazy(() => {
  const name = z.string().max(1024).optional();
  return z.object({
    zone: name,
    host: name,
    agent: name,
    until: z.number().int().nonnegative(),
    why: z.string().min(1).max(1000).optional(),
  });
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;
