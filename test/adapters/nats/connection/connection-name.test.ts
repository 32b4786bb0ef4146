import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  connectionName,
  runOfConnection,
} from '../../../../src/adapters/nats/connection/connection-name.ts';
import { AgentName, HostId, RunId } from '../../../../src/domain/identity/names.ts';

const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => {
  return HostId.safeParse(text).success;
});
const run = fc.stringMatching(/^[0-9a-z]{8,20}$/);

test('a connection name identifies its run for any names of host and agent', () => {
  fc.assert(
    fc.property(name, name, run, (host, agent, id) => {
      const of = { host: HostId.parse(host), agent: AgentName.parse(agent), run: RunId.parse(id) };
      expect(runOfConnection(connectionName(of))).toEqual(of);
    }),
  );
});

test.each([
  [671, true],
  [672, false],
])('a host name of %i three-byte characters fits into the connection name: %s', (length, fits) => {
  const of = {
    host: HostId.parse('.'.repeat(length)),
    agent: AgentName.parse('agent'),
    run: RunId.parse('run12345678901234'),
  };
  const name = connectionName(of);
  expect(name.length).toBeLessThanOrEqual(2048);
  expect(runOfConnection(name)).toEqual(fits ? of : undefined);
});

test.each([
  '',
  'rollcall',
  'rollcall host run12345',
  'rollcall host/agent short',
  'rollcall host/agent run12345 more',
  'rollcall host=2/agent run12345',
  'other host/agent run12345',
])('the name %j identifies no run', (text) => {
  expect(runOfConnection(text)).toBeUndefined();
});
