import { fileURLToPath } from 'node:url';
import { openApi as serveApi } from '../../src/adapters/doors/http/openapi.ts';
import { queriesWith } from '../../src/adapters/doors/http/queries.ts';
import { openApi } from '../../src/adapters/local-api/openapi.ts';
import { DurationOrMillis } from '../../src/composition/time/duration.ts';
import { recordJsonSchema } from '../../src/domain/records/record-json-schema.ts';
import { cliReference } from './cli-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { libraryReference } from './library-reference.ts';
import { metricsReference } from './metrics-reference.ts';
import { joinVectors } from './vectors/join.ts';
import { lifeVectors } from './vectors/life.ts';

/** The root of this checkout, with a slash at its end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Text of each generated page, by its path. The page of the machines has its own generator. */
export const generatedDocs = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/reference/cli.md', cliReference()],
    ['docs/reference/configuration.md', configurationReference()],
    ['docs/reference/library.md', libraryReference(checkout)],
    ['docs/reference/metrics.md', metricsReference()],
    ['docs/reference/records.schema.json', json(recordJsonSchema())],
    ['docs/vectors/life.json', json(lifeVectors())],
    ['docs/vectors/join.json', json(joinVectors())],
    ['docs/reference/agent-api.openapi.json', json(openApi(DurationOrMillis))],
    ['docs/reference/serve-api.openapi.json', json(serveApi(queriesWith(DurationOrMillis)))],
  ]);
