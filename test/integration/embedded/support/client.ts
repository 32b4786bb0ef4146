import { argv, stdout } from 'node:process';
import { connect } from '@nats-io/transport-node';

/** A client in a process of its own, for the tests that kill it or let it hang. */
const [, , servers = '', name = 'the-client'] = argv;
await connect({ servers, name });
stdout.write('connected\n');
