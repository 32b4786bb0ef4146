import { z } from 'zod';
import type { Millis } from '../../domain/time.ts';
import { answers, BeatBody, HealthBody, registerBody } from './schemas.ts';

const inputOf = (schema: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

const json = (schema: z.ZodType) => ({
  content: { 'application/json': { schema: inputOf(schema) } },
});

const error = (description: string) => ({ description, ...json(answers.error) });

const refused = {
  '400': error('A name, a path or a field breaks its rule.'),
  '401': error('The agent has a token, and the request does not.'),
  '403': error('The request comes from a web page.'),
  '409': error(
    '`taken`: the instances file or Docker has this name. `too-many`: the agent has its most instances. `superseded`: the run of the agent is over.',
  ),
  '413': error('The body, or the record, is too large.'),
  '415': error('The body is not sent as application/json.'),
};

const unknown = { '404': error('It is not registered through this API. Register it again.') };
const pending = {
  '202': {
    description: 'Accepted. The store did not answer in time; the agent goes on trying.',
    ...json(answers.pending),
  },
};
const done = { '204': { description: 'The registry has the change.' } };

const name = (where: string, description: string) => ({
  ...{ name: where, in: 'path', required: true, description },
  schema: { type: 'string' },
});
const parameters = [
  name('service', 'Name of the service, percent-encoded.'),
  name('id', 'Id of the instance, percent-encoded.'),
];

/** The description of the local API, from the schemas that read its requests. */
export function openApi(duration: z.ZodType<Millis>) {
  const body = (schema: z.ZodType, required: boolean) => ({ required, ...json(schema) });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall agent: local API',
      version: '1',
      description:
        'Programs of any language register their instances with the agent of their host.',
    },
    paths: {
      '/v1/agent': {
        get: {
          summary: 'The agent and its run.',
          responses: { '200': { description: 'The agent.', ...json(answers.agent) } },
        },
      },
      '/v1/instances': {
        get: {
          summary: 'The instances that are registered through this API.',
          responses: { '200': { description: 'The instances.', ...json(answers.instances) } },
        },
      },
      '/v1/instances/{service}/{id}': {
        parameters,
        put: {
          summary: 'Registers an instance, or changes it. The document replaces the one of before.',
          requestBody: body(registerBody(duration), false),
          responses: {
            '201': {
              description: 'The registry has it: a new registration.',
              ...json(answers.registered),
            },
            '200': { description: 'The registry has the change.', ...json(answers.registered) },
            ...pending,
            ...refused,
          },
        },
        delete: {
          summary: 'Deregisters an instance. With drain, it is draining for that time first.',
          parameters: [
            {
              name: 'drain',
              in: 'query',
              required: false,
              schema: { type: 'string' },
              example: '5s',
            },
          ],
          responses: { ...done, ...pending, ...unknown, ...refused },
        },
      },
      '/v1/instances/{service}/{id}/health': {
        parameters,
        put: {
          summary: 'Reports the health of an instance. It counts as a beat.',
          requestBody: body(HealthBody, true),
          responses: { ...done, ...pending, ...unknown, ...refused },
        },
      },
      '/v1/instances/{service}/{id}/beat': {
        parameters,
        post: {
          summary: 'A sign of life, needed once per ttl.',
          requestBody: body(BeatBody, false),
          responses: { '204': { description: 'Noted.' }, ...unknown, ...refused },
        },
      },
      '/v1/instances/{service}/{id}/attach': {
        parameters,
        post: {
          summary: 'The registration lives while the response is open.',
          requestBody: body(BeatBody, false),
          responses: {
            '200': {
              description: 'Stays open: a line of JSON, then an empty line every 15 s.',
              content: { 'application/x-ndjson': { schema: inputOf(answers.attached) } },
            },
            ...unknown,
            ...refused,
          },
        },
      },
    },
  };
}
