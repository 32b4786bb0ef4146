import process, { argv, env, stdout } from 'node:process';
import { connect } from '@nats-io/transport-node';
import { startNatsServer } from '../../../../src/adapters/embedded/start.ts';

/**
 * A process of its own that runs a server, for the tests that kill it. On SIGINT it does what a
 * polite program does: works on for a moment with its server, then stops it.
 */
const server = await startNatsServer({
  binary: env['ROLLCALL_NATS_SERVER'] ?? '',
  storeDir: argv[2] ?? '',
});
const nc = await connect({ servers: server.url, reconnect: false });
process.on('SIGINT', () => {
  setTimeout(async () => {
    await nc.flush();
    stdout.write(`${JSON.stringify({ served: 'until the end' })}\n`);
    await nc.close();
    await server.stop();
  }, 500);
});
stdout.write(`${JSON.stringify({ server: server.pid })}\n`);
