import type { Mutant } from '../mutant.ts';

/** Defects in where instances come from: the local API. */
export const sources: readonly Mutant[] = [
  {
    name: 'removed-is-registered-again',
    breaks: 'G1',
    what: 'registers what was saved although the registry has it no longer',
    file: 'src/composition/instances/registration-book.ts',
    edits: [['if (shown === undefined || shown', 'if (shown']],
    tests: ['test/composition/instances/registration-book.test.ts'],
  },
  {
    name: 'closed-connection-is-nothing',
    breaks: 'G9',
    what: 'leaves an instance serving whose process closed its connection',
    file: 'src/domain/registrations/registration.ts',
    edits: [
      ['...(attached === 0 && { detachedAt: now })', '...(attached < 0 && { detachedAt: now })'],
    ],
    tests: ['test/domain/registrations/registration.test.ts'],
  },
  {
    name: 'stopped-agent-counts-on',
    breaks: 'G9',
    what: 'counts time in which the agent itself was stopped as silence of its programs',
    file: 'src/domain/registrations/active-time.ts',
    edits: [
      ['Math.min(Math.max(0, now - monotonic), atMost)', 'Math.max(0, now - monotonic, -atMost)'],
    ],
    tests: ['test/domain/registrations/registration.test.ts'],
  },
  {
    name: 'any-page-may-register',
    breaks: 'G12',
    what: 'accepts requests of web pages',
    file: 'src/adapters/local-api/request.ts',
    edits: [
      [
        "if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {",
        'if (headers.host === undefined) {',
      ],
    ],
    tests: ['test/adapters/local-api/requests.test.ts'],
  },
  {
    name: 'engine-away-is-no-containers',
    breaks: 'G1',
    what: 'removes all containers when the engine does not answer',
    file: 'src/composition/instances/docker-source.ts',
    edits: [
      [
        '      this.#isAway = true;',
        '      this.#known.clear();\n      this.#show();\n      this.#isAway = true;',
      ],
    ],
    tests: ['test/composition/instances/docker-source.test.ts'],
  },
  {
    name: 'late-renewals-pass',
    breaks: 'G4',
    what: 'conform accepts an agent that renews just before its lease ends',
    file: 'src/domain/conformance/judge-traffic.ts',
    edits: [['const slack = 0.27;', 'const slack = 0.67;']],
    tests: ['test/domain/conformance/judge-traffic.test.ts'],
  },
  {
    name: 'foreign-write-passes',
    breaks: 'G2',
    what: 'conform accepts an agent that writes records of another slot',
    file: 'src/domain/conformance/traffic.ts',
    edits: [
      [
        'subject === own.agent || subject.startsWith(own.instances)',
        'subject.startsWith(own.agent) || subject.startsWith(own.instances)',
      ],
    ],
    tests: ['test/domain/conformance/judge-traffic.test.ts'],
  },
  {
    name: 'unsaved-stays-unsaved',
    breaks: 'G1',
    what: 'does not save registrations again after a write that failed',
    file: 'src/composition/instances/registration-file.ts',
    edits: [
      [
        '        this.#retry = setTimeout(() => void this.save(), this.#tryAgainAfter).unref();\n',
        '',
      ],
    ],
    tests: ['test/composition/instances/registration-file.test.ts'],
  },
  {
    name: 'check-without-descriptors-ends-the-agent',
    breaks: 'G1',
    what: 'ends the agent when an exec check finds no free file descriptor',
    file: 'src/adapters/system/health/exec-check.ts',
    edits: [['        stream?.setEncoding', '        (stream as Readable).setEncoding']],
    tests: ['test/adapters/system/no-descriptors.test.ts'],
  },
];
