import { expect, test } from 'vitest';
import { rollcall } from '../harness/processes.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

test('doctor reports a max_payload that is too small for keyframes', async () => {
  await using server = await startConfigured(
    (store) => `max_payload: 65536\njetstream { store_dir: "${store}" }`,
  );
  await using doctor = rollcall(['doctor', '--servers', server.url, '--json']);
  await doctor.exited;
  expect(doctor.lines).toContainEqual(
    expect.objectContaining({
      ...{ about: 'payload', level: 'note', what: expect.stringContaining('65536 bytes') },
    }),
  );
});
