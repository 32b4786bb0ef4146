import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { hashEvent, sealEvent } from '../../../src/domain/events/hash-chain.ts';
import { anyText } from '../../arbitrary/names.ts';
import { anyEvent } from '../../arbitrary/records.ts';

describe('the hash of an event', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('with the text %j is its SHA-256', (text, hash) => {
    expect(hashEvent(text)).toBe(hash);
  });

  test('equals the hash that another tool computes from the stored bytes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hashEvent(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });
});

describe('a sealed event', () => {
  test('is stored as the hashed bytes, and reads back unchanged', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { text, head } = sealEvent(event);
        expect(head).toEqual({ n: event.n, hash: hashEvent(text) });
        const stored = new TextDecoder().decode(new TextEncoder().encode(text));
        expect(stored).toBe(text);
        expect(AuditEvent.parse(JSON.parse(stored))).toEqual(event);
      }),
    );
  });

  test('has another hash after any change', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { head } = sealEvent(event);
        const changes = [{ n: event.n + 1 }, { at: event.at + 1 }, { prev: 'f'.repeat(63) }];
        for (const change of changes) {
          expect(sealEvent({ ...event, ...change }).head.hash).not.toBe(head.hash);
        }
      }),
    );
  });
});
