import { expect, test } from 'vitest';
import { parseRestoreNote } from '../../../src/domain/store-history/restore-note.ts';

const note = { id: 'x', by: 'alice on desk', since: '2026-11-29T00:00:00Z', hasEnded: true };

test('a note of a restore is read as it was written', () => {
  expect(parseRestoreNote(JSON.stringify(note))).toEqual(note);
});

test.each([
  ...['', 'no json', '{}', 'null', '{"hasEnded":"yes"}'],
  JSON.stringify({ ...note, by: 'x'.repeat(5000) }),
])('what is no note stands for a restore that may be at work: %.40s', (text) => {
  expect(parseRestoreNote(text)).toMatchObject({ id: '', by: 'unknown', hasEnded: false });
});
