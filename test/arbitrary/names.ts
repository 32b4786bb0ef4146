import fc from 'fast-check';
import {
  AgentName,
  HostId,
  InstanceId,
  type InstanceRef,
  Name,
  RunId,
  type RunRef,
  ServiceName,
  type Slot,
} from '../../src/domain/identity/names.ts';

/** What subjects, keys, terminals and encodings care about. */
const awkward = fc.constantFrom(
  '.',
  '*',
  '>',
  '=',
  '$',
  ' ',
  '/',
  '%',
  '_',
  '-',
  '\u{feff}',
  '\u{200b}',
  'é',
  '🦉',
  '=2E',
);

/** Any name of up to 12 characters, the awkward ones far too often. */
export const anyName: fc.Arbitrary<string> = fc
  .string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      awkward,
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 12,
  })
  .filter((name) => Name.safeParse(name).success);

const anyRunId: fc.Arbitrary<RunId> = fc
  .stringMatching(/^[0-9a-z]{8,64}$/)
  .map((id) => RunId.parse(id));

const slotParts = {
  host: anyName.map((name) => HostId.parse(name)),
  agent: anyName.map((name) => AgentName.parse(name)),
};

export const anySlot: fc.Arbitrary<Slot> = fc.record(slotParts);
export const anyRun: fc.Arbitrary<RunRef> = fc.record({ ...slotParts, run: anyRunId });
export const anyInstance: fc.Arbitrary<InstanceRef> = fc.record({
  ...slotParts,
  service: anyName.map((name) => ServiceName.parse(name)),
  id: anyName.map((name) => InstanceId.parse(name)),
});

/** Any string at all, lone surrogates and control characters included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);
