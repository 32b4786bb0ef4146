import { startCollector } from '../../../src/index.ts';

await using collector = await startCollector({
  servers: 'nats://127.0.0.1:4222',
  onTransition: ({ to }) => process.stdout.write(`collector is ${to}\n`),
});
await collector.done;
