import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowOf } from '../adapters/doors/support/fake-view.ts';
import { openDoor } from '../adapters/doors/support/open-door.ts';
import { anyText } from '../arbitrary/names.ts';
import { fuzz } from './support/fuzz.ts';

const path = fc.oneof(
  fc.constantFrom('services', 'services/x/pick', 'watch', 'prometheus/targets', 'health', ''),
  anyText.map((text) => `services/${encodeURIComponent(text.toWellFormed())}/instances`),
  anyText.map((text) => encodeURI(text.toWellFormed())),
);
const query = fc.array(
  fc.tuple(fc.constantFrom('policy', 'index', 'wait', 'label.a', '__proto__', 'service'), anyText),
  { maxLength: 4 },
);

test('the HTTP door answers any path, query, name and label with JSON, never with a bug', async () => {
  await using door = await openDoor();
  await fuzz(
    fc.tuple(path, query, anyText, fc.dictionary(anyText, anyText, { maxKeys: 3 })),
    async ([where, pairs, address, labels]) => {
      door.view.set('x', rowOf('x/1', { address, labels }));
      const search = new URLSearchParams(
        pairs.filter(([name]) => name !== 'wait').map(([k, v]) => [k, v.toWellFormed()]),
      );
      if (where === 'watch') return;
      const { status, body } = await door.get(`/v1/${where}?${search}`);
      expect(status).not.toBe(500);
      if (status === 200) return;
      expect(body).toMatchObject({ error: expect.any(String), message: expect.any(String) });
    },
    { runs: 60 },
  );
});
