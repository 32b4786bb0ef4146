import { expect, test } from 'vitest';
import { LinkedSignal } from '../../../src/runtime/support/linked-signal.ts';

test('a linked signal aborts with the first of its sources, and with its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using linked = new LinkedSignal([one.signal, other.signal]);
  expect(linked.signal.aborted).toBe(false);
  other.abort('over');
  expect(linked.signal.reason).toBe('over');
});

test('a linked signal of an aborted source is aborted', () => {
  using linked = new LinkedSignal([new AbortController().signal, AbortSignal.abort('long ago')]);
  expect(linked.signal.reason).toBe('long ago');
});

test('a linked signal that is disposed follows its sources no longer', () => {
  const source = new AbortController();
  const linked = new LinkedSignal([source.signal]);
  linked[Symbol.dispose]();
  source.abort();
  expect(linked.signal.aborted).toBe(false);
});
