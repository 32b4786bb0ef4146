import type { Mutant } from '../mutant.ts';

export const nats: readonly Mutant[] = [
  {
    name: 'later-format-accepted',
    breaks: 'G8',
    what: 'writes to a namespace of a later format',
    file: 'src/adapters/nats/streams/namespace-format.ts',
    edits: [
      ['  if (format === undefined) return;', '  if (format === undefined || namespace) return;'],
    ],
    tests: ['test/adapters/nats/streams/namespace-format.test.ts'],
    unseen: 'its stores have one format',
  },
  {
    name: 'purge-unconditionally',
    breaks: 'G2',
    what: 'removes a key from NATS at any revision',
    file: 'src/adapters/nats/write/commit.ts',
    edits: [
      [
        'text === undefined ? [...tombstone, ...expectation] : expectation',
        'text === undefined ? tombstone : expectation',
      ],
    ],
    tests: ['test/adapters/nats/write/commit.test.ts'],
  },
  {
    name: 'fence-of-another-subject',
    breaks: 'G3',
    what: 'sends a fence without the key that it checks',
    file: 'src/adapters/nats/write/commit.ts',
    edits: [['-Subject`, names.registry.prefix + key],', '-Subject`, names.registry.prefix],']],
    tests: ['test/adapters/nats/write/commit.test.ts'],
  },
  {
    name: 'repeat-after-conflict',
    breaks: 'G2',
    what: 'repeats a write after a conflict',
    file: 'src/adapters/nats/connection/jetstream-errors.ts',
    edits: [["[code.wrongLastSequence, 'conflict']", "[code.wrongLastSequence, 'again']"]],
    tests: ['test/adapters/nats/connection/jetstream-errors.test.ts'],
  },
  {
    name: 'failed-write-is-not-stored',
    breaks: 'G8',
    what: 'treats a failed write as not stored',
    file: 'src/adapters/nats/connection/jetstream-errors.ts',
    edits: [
      ["test(error.description) ? 'full' : 'unsure'", "test(error.description) ? 'full' : 'full'"],
    ],
    tests: ['test/adapters/nats/connection/jetstream-errors.test.ts'],
  },
  {
    name: 'incomplete-list-is-empty',
    breaks: 'G6',
    what: 'treats a server with an incomplete list as one without connections',
    file: 'src/adapters/nats/disconnects/closed-connections.ts',
    edits: [
      [
        '    if (connections.length < total) {\n      this.#servers.delete(server);\n      return [];\n    }\n',
        '',
      ],
    ],
    tests: ['test/adapters/nats/disconnects/closed-connections.test.ts'],
  },
  {
    name: 'renew-at-any-revision',
    breaks: 'G3',
    what: 'renews a lease in NATS at any revision',
    file: 'src/adapters/nats/leases.ts',
    edits: [
      [
        'await publish(connection, [put(key, text, expected, ttl)], left)',
        'await publish(connection, [{ ...put(key, text, expected, ttl), headers: [headersOf.ttl(ttl)] }], left)',
      ],
    ],
    tests: ['test/contract/nats.test.ts'],
    needs: 'nats-server',
  },
  {
    name: 'release-any-holder',
    breaks: 'G3',
    what: 'releases a lease in NATS that has another holder now',
    file: 'src/adapters/nats/leases.ts',
    edits: [['          headersOf.expect(revision),\n', '']],
    tests: ['test/contract/nats.test.ts'],
    needs: 'nats-server',
  },
  {
    name: 'refused-pings-stay-refused',
    breaks: 'G6',
    what: 'an agent asks for a refused subscription again only after it reconnected',
    file: 'src/adapters/nats/run-messaging.ts',
    edits: [
      [
        '  await Promise.race([connection.reconnected(until), sleep(wait, until)]);',
        '  await Promise.race([connection.reconnected(until), sleep(wait * 1000, until)]);',
      ],
    ],
    tests: ['test/integration/nats/refused-pings.test.ts'],
    needs: 'nats-server',
    unseen: 'its server refuses no subscription',
  },
  {
    name: 'ages-by-own-clock',
    breaks: 'G9',
    what: 'commands show ages by the clock of their machine',
    file: 'src/cli/session/server-now.ts',
    edits: [
      [
        '    return await serverTime.now();',
        '    return (await serverTime.now()) && systemAdapters.clock.wall();',
      ],
    ],
    tests: ['test/integration/guarantees/clock-ahead.test.ts'],
    needs: 'nats-server',
    unseen: 'it runs no commands',
  },
];
