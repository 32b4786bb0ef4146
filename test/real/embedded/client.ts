import { argv, stdout } from 'node:process';
import { connect } from '@nats-io/transport-node';

/** A client in a process of its own, for the tests that kill it or let it hang. */
await connect({ servers: argv[2] ?? '', name: 'the-client' });
stdout.write('connected\n');
