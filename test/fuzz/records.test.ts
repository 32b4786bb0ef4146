import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  agentKey,
  holdKey,
  instanceKey,
  policyKey,
} from '../../src/domain/identity/registry-keys.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readBrake,
  readHold,
  readInstance,
  readPolicy,
  readSeat,
} from '../../src/domain/records/stored-record.ts';
import { anyText } from '../arbitrary/names.ts';
import { anyAgentRecord, anyHold, anyInstanceRecord } from '../arbitrary/records.ts';
import { fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const readers: readonly ((entry: KeyValueEntry) => RecordRead<object>)[] = [
  readAgent,
  readInstance,
  readHold,
  readBrake,
  readPolicy,
];

/** The text of a record under its own key, or under any other. */
const anyEntry = fc.oneof(
  anyAgentRecord.chain((one) => entryOf(agentKey(one), mutated(fc.constant(one)))),
  anyInstanceRecord.chain((one) => entryOf(instanceKey(one), mutated(fc.constant(one)))),
  anyHold.chain((one) => entryOf(holdKey(one.host, one.agent), mutated(fc.constant(one)))),
  entryOf(policyKey, anyText),
  anyText.chain((key) => entryOf(key, mutated(anyAgentRecord))),
);

function entryOf(key: string, text: fc.Arbitrary<string>): fc.Arbitrary<KeyValueEntry> {
  return text.map((one) => ({ key, revision: 1, text: one }));
}

const controls = /[\p{Cc}\p{Zl}\p{Zp}]/u;

test('any record is stored, or unreadable with a reason in one line', () =>
  fuzz(anyEntry, (entry) => {
    for (const read of readers.map((reader) => reader(entry))) {
      expect(['stored', 'unreadable']).toContain(read.kind);
      if (read.kind === 'unreadable') {
        expect(read.why).not.toBe('');
        expect(controls.test(read.why)).toBe(false);
      }
      // A writer that changes a record writes the fields back that it does not know.
      if (read.kind === 'stored') expect(JSON.stringify(read.record)).toContain('{');
    }
  }));
test('the value of a seat is a collector, or is not readable', () =>
  fuzz(fc.oneof(anyText, mutated(anyAgentRecord)), (text) => {
    const seat = readSeat(text);
    if (seat) expect(JSON.parse(text)).toMatchObject({ run: seat.run, runs: seat.runs });
  }));

test('the value of a seat is a collector, or is not readable', () =>
  fuzz(fc.oneof(anyText, mutated(anyAgentRecord)), (text) => {
    const seat = readSeat(text);
    if (seat) expect(JSON.parse(text)).toMatchObject({ run: seat.run, runs: seat.runs });
  }));
