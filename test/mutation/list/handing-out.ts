import type { Mutant } from '../mutant.ts';

/** Of what doors and drivers hand to other programs. */
export const handingOut: readonly Mutant[] = [
  {
    name: 'kept-rule-off',
    breaks: 'G13',
    what: 'empties a service when the records of its silent instances are removed',
    file: 'src/domain/fleet/kept-instances.ts',
    edits: [
      ["    case 'orphan':\n      return true;", "    case 'orphan':\n      return row.token < 0;"],
    ],
    tests: ['test/domain/fleet/kept-instances.test.ts'],
  },
  {
    name: 'keeps-left-instances',
    breaks: 'G13',
    what: 'keeps an instance whose run has left',
    file: 'src/domain/fleet/kept-instances.ts',
    edits: [["'serving' || hasLeft(row)) return false;", "'serving') return hasLeft(row);"]],
    tests: ['test/domain/fleet/kept-instances.test.ts'],
    unseen: 'the checker looks for services that are empty, not for those that should be',
  },
  {
    name: 'ended-keeping-counts',
    breaks: 'G13',
    what: 'keeps no instance if one with its id and a higher token was kept, however long ago',
    file: 'src/domain/fleet/kept-instances.ts',
    edits: [['other && other.until > monotonic && other.row', 'other && other.row']],
    tests: ['test/domain/fleet/kept-instances.test.ts'],
  },
  {
    name: 'interrupted-view-is-a-leave',
    breaks: 'G13',
    what: 'treats an instance that vanished while the view was interrupted as one that left',
    file: 'src/runtime/support/registry-cache.ts',
    edits: [
      [
        "    if (event.kind === 'stale') this.#isCurrent = false;\n",
        "    if (event.kind === 'stale') this.#isCurrent = true;\n",
      ],
    ],
    tests: ['test/runtime/directory/kept-rows.test.ts'],
    unseen: 'the checker expects to keep only what the consumer saw silent',
  },
  {
    name: 'empty-before-complete',
    breaks: 'G13',
    what: 'answers that there is nothing before it has read the registry',
    file: 'src/adapters/doors/http/routes.ts',
    edits: [['  if (status.isComplete) return;', '  if (status.age >= 0) return;']],
    tests: ['test/adapters/doors/http/http-door.test.ts'],
    unseen: 'no simulated process answers HTTP',
  },
  {
    name: 'unknown-empties-haproxy',
    breaks: 'G13',
    what: 'takes the servers of HAProxy away before it has read the registry',
    file: 'src/adapters/haproxy/haproxy-driver.ts',
    edits: [['    if (!this.#view.status.isComplete) return;\n', '']],
    tests: ['test/adapters/haproxy/haproxy-driver.test.ts'],
    unseen: 'no simulated process fills HAProxy',
  },
  {
    name: 'maintenance-for-drain',
    breaks: 'G13',
    what: 'puts an instance into maintenance that may not be used, which ends its connections',
    file: 'src/adapters/haproxy/plan-slots.ts',
    edits: [['state drain`];', 'state maint`];']],
    tests: ['test/adapters/haproxy/haproxy-driver.test.ts'],
    unseen: 'no simulated process fills HAProxy',
  },
  {
    name: 'unknown-is-denied-in-dns',
    breaks: 'G13',
    what: 'denies a name in DNS before it has read the registry, which resolvers keep',
    file: 'src/adapters/doors/dns/dns-zone.ts',
    edits: [["answer() : bare('SERVFAIL');", "answer() : this.#empty('NXDOMAIN');"]],
    tests: ['test/adapters/doors/dns/dns-zone.test.ts'],
    unseen: 'no simulated process answers DNS',
  },
  {
    name: 'shuffled-srv',
    breaks: 'G13',
    what: 'gives the SRV records of a service in the order of the view, so that a cut answer changes at random',
    file: 'src/adapters/doors/dns/dns-zone.ts',
    edits: [
      [
        '.toSorted((a, b) => a.row.token - b.row.token || compareText(a.row.id, b.row.id));',
        '.toReversed();',
      ],
    ],
    tests: ['test/adapters/doors/dns/dns-zone.test.ts'],
    unseen: 'no simulated process answers DNS',
  },
];
