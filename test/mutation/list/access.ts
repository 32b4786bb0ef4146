import type { Mutant } from '../mutant.ts';

/** Rules about who may do what (docs/how-to/permissions.md). */
export const access: readonly Mutant[] = [
  {
    name: 'ids-can-be-computed',
    breaks: 'G2',
    what: 'makes ids of batches and consumers that another process can compute',
    file: 'src/adapters/nats/connection/random-id.ts',
    edits: [['crypto.getRandomValues(new Uint8Array(16))', 'new Uint8Array(16)']],
    tests: ['test/adapters/nats/connection/random-id.test.ts'],
  },
  {
    name: 'reply-to-any-subject',
    breaks: 'G1',
    what: 'replies to any subject that a request names',
    file: 'src/adapters/nats/connection/inbox.ts',
    edits: [['/^(_INBOX[A-Za-z0-9_=-]*|_R_)\\./.test(subject)', "subject !== ''"]],
    tests: ['test/adapters/nats/connection/inbox.test.ts'],
  },
  {
    name: 'agent-of-any-host',
    breaks: 'G1',
    what: 'gives the login of an agent the keys of all hosts',
    file: 'src/adapters/nats/access/role-rights.ts',
    edits: [['const host = encodeSubjectToken(name);', "const host = name && '*';"]],
    tests: ['test/adapters/nats/access/role-rights.test.ts'],
  },
  {
    name: 'operators-beside-the-streams',
    breaks: 'G1',
    what: 'puts logins of operators into the account that has the streams',
    file: 'src/adapters/nats/access/member.ts',
    edits: [["role === 'collector' || role === 'deploy'", "role !== 'agent'"]],
    tests: ['test/adapters/nats/access/role-rights.test.ts'],
  },
  {
    name: 'third-key-stays',
    breaks: 'G1',
    what: 'leaves all former keys of a login valid',
    file: 'src/composition/access/access-state.ts',
    edits: [['...member.keys.slice(0, 1)] })', '...member.keys] })']],
    tests: ['test/composition/access/access-state.test.ts'],
  },
  {
    name: 'login-in-clear',
    breaks: 'G1',
    what: 'sends a login in clear to a server without TLS, although the address has tls://',
    file: 'src/adapters/nats/connection/connect.ts',
    edits: [['/^tls:/i.test(address)', "address === ''"]],
    tests: ['test/adapters/nats/connection/connect.test.ts'],
  },
  {
    name: 'stale-replica-is-believed',
    breaks: 'G3',
    what: 'believes a replica without asking the leader',
    file: 'src/adapters/nats/read/own-key-read.ts',
    edits: [['last === (read.message?.seq ?? 0)', "last !== ''"]],
    tests: ['test/adapters/nats/read/own-key-read.test.ts'],
  },
];
