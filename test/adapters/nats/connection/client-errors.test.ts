import { globSync, readFileSync } from 'node:fs';
import { errors } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { isClientError } from '../../../../src/adapters/nats/connection/client-errors.ts';
import { checkout } from '../../../conventions/run-biome.ts';

const kinds = Object.keys(errors) as (keyof typeof errors)[];
const made = (kind: keyof typeof errors) =>
  Reflect.construct(errors[kind], ['a', 'b', 'c']) as Error;

describe('isClientError', () => {
  test.each(kinds)('knows a %s by its name, and only as that kind', (kind) => {
    expect(kinds.filter((one) => isClientError(made(kind), one))).toEqual([kind]);
  });

  test('knows the error of another copy of the client', () => {
    const foreign = Object.assign(new Error('timeout'), { name: 'TimeoutError' });
    expect(foreign).not.toBeInstanceOf(errors.TimeoutError);
    expect(isClientError(foreign, 'RequestError', 'TimeoutError')).toBe(true);
    expect(isClientError(foreign, 'RequestError')).toBe(false);
    expect(isClientError({ name: 'TimeoutError' }, 'TimeoutError')).toBe(false);
  });

  test('is the only way in which the source tells errors of the client apart', () => {
    const files = globSync('src/**/*.{ts,tsx}', { cwd: checkout });
    expect(files.length).toBeGreaterThan(100);
    const others = files.filter((file) =>
      /instanceof errors\./.test(readFileSync(`${checkout}/${file}`, 'utf8')),
    );
    expect(others).toEqual([]);
  });
});
