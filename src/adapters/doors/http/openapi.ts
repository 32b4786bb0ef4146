import { z } from 'zod';
import { answers } from './answers.ts';
import type { queriesWith } from './queries.ts';

const schemaOf = (schema: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

const json = (schema: z.ZodType) => ({
  content: { 'application/json': { schema: schemaOf(schema) } },
});

const error = (description: string) => ({ description, ...json(answers.error) });

const refused = {
  '400': error('A name or a parameter breaks its rule.'),
  '401': error('The server has a token, and the request does not.'),
  '403': error('The request comes from a web page.'),
  '503': error(
    '`not-complete`: the registry has not been read completely yet. `too-busy`: 1000 requests wait.',
  ),
};

const service = {
  ...{ name: 'service', in: 'path', required: true },
  ...{ description: 'Name of the service, percent-encoded', schema: { type: 'string' } },
};
const label = {
  ...{ name: 'label.NAME', in: 'query', required: false },
  ...{ description: 'Only instances with this label and value', schema: { type: 'string' } },
};

/** The parameters of a query, without labels. */
function parametersOf(query: z.ZodType) {
  const { properties = {}, required = [] } = schemaOf(query) as {
    properties?: Readonly<Record<string, { readonly description?: string }>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: required.includes(name) },
    ...(description !== undefined && { description }),
    schema,
  }));
}

const get = (
  summary: string,
  parameters: readonly unknown[],
  ok: object,
  more: Readonly<Record<string, object>> = refused,
) => ({ get: { summary, parameters, responses: { '200': ok, ...more } } });

/** The description of the API, from the schemas that read its requests. */
export const openApi = (queries: ReturnType<typeof queriesWith>) => ({
  openapi: '3.1.0',
  info: {
    title: 'Rollcall: services and instances',
    version: '1',
    description:
      'Served by `rollcall serve --http`. Every answer has the headers x-rollcall-age-ms and x-rollcall-observed; answers about one service also x-rollcall-index and etag.',
  },
  paths: {
    '/v1/services': get('The services.', [], {
      ...{ description: 'All services.', ...json(answers.services) },
    }),
    '/v1/services/{service}/instances': get(
      'The instances of a service: with a policy those that a consumer may use, the best first; without one all.',
      [service, ...parametersOf(queries.instances), label],
      { description: 'The instances.', ...json(answers.instances) },
      { '304': { description: 'The etag of if-none-match is still right.' }, ...refused },
    ),
    '/v1/services/{service}/pick': get(
      'One instance, chosen at random from those that the policy allows.',
      [service, ...parametersOf(queries.pick), label],
      { description: 'The instance.', ...json(answers.pick) },
      { '404': error('`none-usable`: the policy allows none.'), ...refused },
    ),
    '/v1/watch': get(
      'Server-sent events: the instances of a service at the beginning and after each change.',
      [...parametersOf(queries.watch), label],
      {
        description:
          'Events `instances` with the document of /v1/services/{service}/instances; a comment with the age every 15 s.',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    ),
    '/v1/prometheus/targets': get(
      'Targets for http_sd_configs of Prometheus, one group for each instance.',
      [...parametersOf(queries.targets), label],
      { description: 'The targets.', ...json(answers.targets) },
    ),
    '/v1/health': get(
      'Whether the view is complete.',
      [],
      { description: 'It is complete.', ...json(answers.health) },
      { '503': { description: 'It is not complete yet.', ...json(answers.health) } },
    ),
    '/v1/openapi.json': get('This description.', [], { description: 'OpenAPI 3.1.' }, {}),
  },
});
