import { describe, expect, test } from 'vitest';
import {
  refuseUnknownFormat,
  unknownFormat,
} from '../../../../src/adapters/nats/streams/namespace-format.ts';

const marked = (format: string) => ({ metadata: { 'rollcall.format': format } });

describe('a namespace', () => {
  test.each([
    ['without metadata', {}],
    ['without a mark', { metadata: { team: 'shop' } }],
    ['of format 1', marked('1')],
  ])('%s is known', (_, config) => {
    expect(unknownFormat(config)).toBeUndefined();
    expect(() => refuseUnknownFormat(config, 'x')).not.toThrow();
  });

  test.each(['2', '10', '0', '', '1.5', '-1', 'x'])('of format %j is refused by name', (format) => {
    expect(unknownFormat(marked(format))).toBe(format);
    expect(() => refuseUnknownFormat(marked(format), 'shop')).toThrow(
      expect.objectContaining({
        code: 'store-too-new',
        message: expect.stringContaining(`namespace 'shop' has format ${JSON.stringify(format)}`),
      }),
    );
  });
});
