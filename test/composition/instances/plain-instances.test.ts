import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ListedInstances } from '../../../src/composition/instances/listed-instances.ts';
import { plainInstances } from '../../../src/composition/instances/plain-instances.ts';
import { mostInstances, mostLabels } from '../../../src/domain/records/record-budget.ts';

const web = {
  service: 'web',
  id: 'web-1',
  address: '192.0.2.1',
  port: 8080,
  labels: { version: '1.0.0' },
};

describe('the instances that a program lists', () => {
  test.each([
    [[web]],
    [[{ service: 'web' }]],
    [[{ labels: { b: '1', a: '2' }, port: 0, service: 'a b' }, web]],
    [[]],
  ])('are plain: %j', (listed) => {
    const plain = plainInstances(listed);
    expect(JSON.stringify(plain)).toBe(JSON.stringify(ListedInstances.parse(listed)));
  });

  test('do not share their labels with the program', () => {
    const labels = { version: '1.0.0' };
    const [plain] = plainInstances([{ ...web, labels }]) ?? [];
    labels.version = '2.0.0';
    expect(plain?.labels).toEqual({ version: '1.0.0' });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object', { 0: web, length: 1 }],
    ['too many', Array(mostInstances + 1).fill(web)],
    ['a hole', Array(1)],
    ['a list', [[]]],
    ['a health check', [{ ...web, check: { tcp: 'localhost:80' } }]],
    ['an unknown field', [{ ...web, tags: [] }]],
    ['an inherited field', [Object.create({ tags: [] }, { service: { value: 'web' } })]],
    ['a field given as undefined', [{ ...web, port: undefined }]],
    ['no service', [{ id: 'web-1' }]],
    ['a name with a line break', [{ ...web, id: 'a\nb' }]],
    ['a name that is not in ASCII', [{ ...web, id: 'é' }]],
    ['a port that is a text', [{ ...web, port: '80' }]],
    ['a port that is too large', [{ ...web, port: 65536 }]],
    ['an empty address', [{ ...web, address: '' }]],
    ['a long address', [{ ...web, address: 'a'.repeat(1025) }]],
    ['labels in a list', [{ ...web, labels: ['a'] }]],
    ['labels of a class', [{ ...web, labels: new Map() }]],
    ['a label that is a number', [{ ...web, labels: { a: 1 } }]],
    ['a label with a symbol', [{ ...web, labels: { [Symbol('a')]: 'a' } }]],
    ['a label for the prototype', [{ ...web, labels: JSON.parse('{"__proto__":"a"}') }]],
    [
      'too many labels',
      [
        {
          ...web,
          labels: Object.fromEntries(Array.from(Array(mostLabels + 1), (_, n) => [n, ''])),
        },
      ],
    ],
  ])('are left to the schema: %s', (_, listed) => {
    expect(plainInstances(listed)).toBeUndefined();
  });

  test('are what the schema returns, if they are plain', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.integer({ min: -1, max: 70_000 }),
      fc.dictionary(fc.string(), fc.string()),
      fc.constant(undefined),
    );
    const field = fc.constantFrom(...Object.keys(web), 'check', 'other');
    fc.assert(
      fc.property(fc.array(fc.tuple(field, value), { maxLength: 3 }), (changes) => {
        const listed = [{ ...web, ...Object.fromEntries(changes) }];
        const plain = plainInstances(listed);
        if (plain !== undefined) expect(plain).toStrictEqual(ListedInstances.parse(listed));
      }),
    );
  });
});
