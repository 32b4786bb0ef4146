import { expect, it } from 'vitest';
import {
  subjectInDomain,
  subjectWithoutDomain,
} from '../../../../src/adapters/nats/connection/js-domain.ts';

it.each([
  ['$JS.API.INFO', '$JS.hub.API.INFO'],
  ['$KV.rollcall_a_leases.run.>', '$JS.hub.API.$KV.rollcall_a_leases.run.>'],
  ['rollcall.a.event.>', 'rollcall.a.event.>'],
])('%s is %s in a domain, and the same again without it', (plain, named) => {
  expect(subjectInDomain(plain, 'hub')).toBe(named);
  expect(subjectWithoutDomain(named, 'hub')).toBe(plain);
  expect(subjectWithoutDomain(plain, 'hub')).toBe(plain);
});

it('a subject of another domain stays as it is', () => {
  expect(subjectWithoutDomain('$JS.other.API.INFO', 'hub')).toBe('$JS.other.API.INFO');
  expect(subjectWithoutDomain('$JS.hub.API.INFO', undefined)).toBe('$JS.hub.API.INFO');
});
