import { fileURLToPath } from 'node:url';

/** Two minutes of a real fleet, for a first look: `npm run recording` makes it. */
export const sampleFile = fileURLToPath(
  new URL('../../dashboard/recording/sample.ndjson.gz', import.meta.url),
);
