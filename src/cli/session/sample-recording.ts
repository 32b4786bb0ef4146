import { fileURLToPath } from 'node:url';

/** Recording of a real fleet, two minutes long, made by `npm run recording`. */
export const sampleFile = fileURLToPath(
  new URL('../../dashboard/recording/sample.ndjson.gz', import.meta.url),
);
