import { z } from 'zod';

/** Name of a JetStream domain: one word of a subject. `.`: the domain of the server, whatever it is called. */
export const JsDomain = z
  .string()
  .regex(
    /^(\.|[^\s.*>]{1,255})$/,
    "the name of a domain, without spaces and '.', '*', '>'; or . alone",
  );
