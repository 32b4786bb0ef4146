import type { Mutant } from '../mutant.ts';

export const nats: readonly Mutant[] = [
  {
    name: 'purge-unconditionally',
    breaks: 'G2',
    what: 'removes from NATS whatever stands there',
    file: 'src/adapters/nats/write/commit.ts',
    edits: [
      ['text === undefined ? [...tombstone, ...own] : own', 'text === undefined ? tombstone : own'],
    ],
    tests: ['test/adapters/nats/write/commit.test.ts'],
  },
  {
    name: 'fence-of-another-subject',
    breaks: 'G3',
    what: 'sends a fence without the subject that it is about',
    file: 'src/adapters/nats/write/commit.ts',
    edits: [['-Subject`, names.registry.prefix + key],', '-Subject`, names.registry.prefix],']],
    tests: ['test/adapters/nats/write/commit.test.ts'],
  },
  {
    name: 'lost-is-again',
    breaks: 'G2',
    what: 'sends a write again after a conflict as if nothing had come between',
    file: 'src/adapters/nats/connection/jetstream-errors.ts',
    edits: [["[code.wrongLastSequence, 'conflict']", "[code.wrongLastSequence, 'again']"]],
    tests: ['test/adapters/nats/connection/jetstream-errors.test.ts'],
  },
  {
    name: 'stored-unsurely',
    breaks: 'G8',
    what: 'takes a failed store for one that stored nothing',
    file: 'src/adapters/nats/connection/jetstream-errors.ts',
    edits: [
      ["test(error.description) ? 'full' : 'unsure'", "test(error.description) ? 'full' : 'full'"],
    ],
    tests: ['test/adapters/nats/connection/jetstream-errors.test.ts'],
  },
  {
    name: 'silence-of-a-server',
    breaks: 'G6',
    what: 'takes a server that says nothing for one without connections',
    file: 'src/adapters/nats/disconnects/closed-connections.ts',
    edits: [
      [
        '    if (connections.length < total) {\n      this.#held.delete(server);\n      return [];\n    }\n',
        '',
      ],
    ],
    tests: ['test/adapters/nats/disconnects/closed-connections.test.ts'],
  },
  {
    name: 'renew-anything',
    breaks: 'G3',
    what: 'renews a lease of NATS at whatever revision it stands',
    file: 'src/adapters/nats/leases.ts',
    edits: [
      [
        'await publish(link, [put(key, text, expect, ttl)], left)',
        'await publish(link, [{ ...put(key, text, expect, ttl), headers: [headersOf.ttl(ttl)] }], left)',
      ],
    ],
    tests: ['test/contract/nats.test.ts'],
    needs: 'nats-server',
  },
  {
    name: 'release-anything',
    breaks: 'G3',
    what: 'releases a lease of NATS that somebody else holds by now',
    file: 'src/adapters/nats/leases.ts',
    edits: [
      [
        "headers: [['KV-Operation', 'PURGE'], headersOf.expect(at), headersOf.ttl(releasedTtl)]",
        "headers: [['KV-Operation', 'PURGE'], headersOf.ttl(releasedTtl)]",
      ],
    ],
    tests: ['test/contract/nats.test.ts'],
    needs: 'nats-server',
  },
];
