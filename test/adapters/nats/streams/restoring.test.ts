import { expect, test } from 'vitest';
import {
  markedAsRestoring,
  refuseRestoring,
  unfinishedRestore,
} from '../../../../src/adapters/nats/streams/restoring.ts';

const registry = { name: 'KV_r', metadata: { 'rollcall.format': '1' } };

test('a stream that is being restored says by whom, and keeps its other metadata', () => {
  const marked = markedAsRestoring(registry, 'alice on desk, since today');
  expect(marked.metadata['rollcall.format']).toBe('1');
  expect(unfinishedRestore([{}, marked])).toBe('alice on desk, since today');
  expect(() => refuseRestoring('shop', [registry, marked])).toThrow(
    "namespace 'shop' is being restored, by alice on desk, since today",
  );
});

test('a namespace whose streams have no such mark is open', () => {
  expect(unfinishedRestore([registry, {}])).toBeUndefined();
  expect(() => refuseRestoring('shop', [registry])).not.toThrow();
});
