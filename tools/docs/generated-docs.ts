import { fileURLToPath } from 'node:url';
import { cliReference } from './cli-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { libraryReference } from './library-reference.ts';
import { metricsReference } from './metrics-reference.ts';

/** The root of this checkout, with a slash at its end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Text of each generated page, by its path. The page of the machines has its own generator. */
export const generatedDocs = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/reference/cli.md', cliReference()],
    ['docs/reference/configuration.md', configurationReference()],
    ['docs/reference/library.md', libraryReference(checkout)],
    ['docs/reference/metrics.md', metricsReference()],
  ]);
