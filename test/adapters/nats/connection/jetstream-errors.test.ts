import { expect, test } from 'vitest';
import {
  type Meaning,
  meaningOf,
} from '../../../../src/adapters/nats/connection/jetstream-errors.ts';

const table: readonly (readonly [number, string, Meaning])[] = [
  [10071, 'wrong last sequence: 7', 'conflict'],
  [10164, 'wrong last sequence', 'again'],
  [10163, 'expected last sequence per subject temporarily unavailable', 'again'],
  [10008, 'JetStream system temporarily unavailable', 'again'],
  [10009, 'JetStream cluster can not handle request', 'again'],
  [10118, 'stream is offline', 'again'],
  [10167, 'too many requests', 'again'],
  [10176, 'atomic publish batch is incomplete', 'again'],
  [10210, 'atomic publish too many inflight', 'again'],
  [10023, 'insufficient resources', 'full'],
  [10002, 'resource limits exceeded for account', 'full'],
  [10028, 'insufficient memory resources available', 'full'],
  [10047, 'insufficient storage resources available', 'full'],
  [10077, 'maximum bytes exceeded', 'full'],
  [10077, 'maximum messages exceeded', 'full'],
  [10077, 'no space left on device', 'unsure'],
  [10059, 'stream not found', 'misconfigured'],
  [10166, 'per-message TTL is disabled', 'misconfigured'],
  [10174, 'atomic publish is disabled', 'misconfigured'],
  [10039, 'JetStream not enabled for account', 'misconfigured'],
  [10076, 'JetStream not enabled', 'misconfigured'],
  [10054, 'message size exceeds maximum allowed', 'refused'],
  [10109, 'invalid operation on sealed stream', 'refused'],
  [10111, 'rollup not permitted', 'refused'],
  [10165, 'invalid per-message TTL', 'refused'],
  [10199, 'atomic publish batch is too large: 1000', 'refused'],
  [99999, 'something of a later version', 'refused'],
];

test.each(table)('the error %i (%s) means %s', (err_code, description, meaning) => {
  expect(meaningOf({ code: 400, err_code, description })).toBe(meaning);
});
