import { replay } from '../../../src/index.ts';

const before = await replay({ servers: 'nats://127.0.0.1:4222', at: '10m ago' });
for (const { service, id, state } of before.instances('web')) {
  process.stdout.write(`${service}/${id} was ${state}\n`);
}
// The same from an exported file; no server is needed.
const exported = await replay({ file: 'audit.ndjson.gz', at: new Date('2026-11-28T12:00:00Z') });
process.stdout.write(`${exported.agents().length} agents\n`);
