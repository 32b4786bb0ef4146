import { describe, expect, it } from 'vitest';
import { readInstances } from '../../../src/adapters/files/instances-file.ts';
import { Duration } from '../../../src/composition/time/duration.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';

const slot = { host: HostId.parse('h1'), agent: AgentName.parse('a') };
const read = (text: string) => readInstances(text, 'i.yaml', slot, Duration);

function problemsOf(text: string): string[] {
  try {
    read(text);
  } catch (cause) {
    if (cause instanceof Error) return cause.message.split('\n');
  }
  return [];
}

describe('a file of instances', () => {
  it('lists the instances of its agent', () => {
    const text = `
instances:
  - service: web
    id: w1
    address: 10.0.0.1
    port: 8080
    labels: { version: "1.2" }
    check: { http: 'http://127.0.0.1:8080/health', every: 2s, timeout: 500ms, failAfter: 2 }
`;
    expect(read(text)).toEqual([
      {
        spec: {
          service: 'web',
          id: 'w1',
          address: '10.0.0.1',
          port: 8080,
          labels: { version: '1.2' },
        },
        check: {
          http: { url: 'http://127.0.0.1:8080/health' },
          every: 2000,
          timeout: 500,
          failAfter: 2,
          passAfter: 1,
          startPeriod: 0,
          initial: 'failing',
        },
      },
    ]);
  });

  it('may be JSON', () => {
    expect(read('{ "instances": [{ "service": "web", "id": "w1" }] }')).toEqual([
      { spec: { service: 'web', id: 'w1', labels: {} }, check: undefined },
    ]);
  });

  it('may be empty', () => {
    expect(read('instances: []')).toEqual([]);
  });

  it('needs no ids: the default is host, agent, service and port', () => {
    const ids = read('instances: [{ service: web, port: 8080 }, { service: web }]');
    expect(ids.map(({ spec }) => spec.id)).toEqual(['h1-a-web-8080', 'h1-a-web']);
  });

  it('may have checks, with default times', () => {
    const [tcp, port, exec] = read(`
instances:
  - { service: a, check: { tcp: '[::1]:80' } }
  - { service: b, check: { tcp: { host: localhost, port: 80 } } }
  - { service: c, check: { exec: [test, -e, /ok] } }
`).map(({ check }) => check);
    const timing = {
      every: 10_000,
      timeout: 5000,
      failAfter: 3,
      passAfter: 1,
      startPeriod: 0,
      initial: 'failing',
    };
    expect(tcp).toEqual({ tcp: { host: '::1', port: 80 }, ...timing });
    expect(port).toEqual({ tcp: { host: 'localhost', port: 80 }, ...timing });
    expect(exec).toEqual({ exec: ['test', '-e', '/ok'], ...timing });
  });
});

describe('a problem in an instances file', () => {
  it.each([
    ['', ['i.yaml:1: must be a map with the list `instances:`']],
    ['[]', ['i.yaml:1: must be a map with the list `instances:`']],
    ['instances:\n', ['i.yaml:1: instances: Invalid input: expected array, received null']],
    ['instances:\n  - service: web\n    prot: 80\n', ['i.yaml:3: instances[0].prot: unknown key']],
    ['instances:\n  - id: x\n', ['i.yaml:2: instances[0].service: is missing']],
    [
      'instances:\n  - service: web\n    labels:\n      version: 1.10\n',
      ['i.yaml:4: instances[0].labels.version: Invalid input: expected string, received number'],
    ],
    [
      'instances:\n  - service: web\n    port: 70000\n',
      ['i.yaml:3: instances[0].port: Too big: expected number to be <=65535'],
    ],
    [
      'instances:\n  - service: "a\\u0007b"\n',
      [
        'i.yaml:2: instances[0].service: a name has no control characters (tabs, line breaks); letters, digits, spaces and all other characters are allowed',
      ],
    ],
    [
      'instances:\n  - service: web\n    check: { http: "http://a/", tcp: "a:1" }\n',
      ['i.yaml:3: instances[0].check: must have exactly one of http, tcp, unix, udp, grpc, exec'],
    ],
    [
      'instances:\n  - service: web\n    check: {}\n',
      ['i.yaml:3: instances[0].check: must have exactly one of http, tcp, unix, udp, grpc, exec'],
    ],
    [
      'instances:\n  - service: web\n    check: { exec: "rm -rf /" }\n',
      [
        'i.yaml:3: instances[0].check.exec: must be a list: the command and its arguments (no shell is used)',
      ],
    ],
    [
      'instances:\n  - service: web\n    check: { http: "file:///etc/passwd" }\n',
      ['i.yaml:3: instances[0].check.http: must be an http or https URL, or an object with `url`'],
    ],
    [
      'instances:\n  - service: web\n    check:\n      tcp: a:1\n      every: 5\n',
      ['i.yaml:5: instances[0].check.every: a duration with its unit, like 500ms, 15s or 1m 30s'],
    ],
    [
      'instances:\n  - { service: a, id: x }\n  - { service: a, id: x }\n',
      ['i.yaml:3: instances[1]: a/x is already in line 2'],
    ],
    [
      'instances: [\n',
      [
        'i.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    ['instances: []\ninstances: []\n', ['i.yaml:2: Map keys must be unique']],
  ])('is reported with line, path and rule: %j', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('is reported together with all others', () => {
    expect(
      problemsOf('instances:\n  - service: 5\n  - { service: web, port: x }\n').map(
        (line) => line.split(': ')[0],
      ),
    ).toEqual(['i.yaml:2', 'i.yaml:3']);
  });

  it('is a key that is too long', () => {
    const text = `instances:\n  - { service: "${'ü'.repeat(500)}", id: "${'ü'.repeat(500)}" }\n`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^i\.yaml:2: instances\[0\]: the names in .* are too long together: at most 3500/,
      ),
    ]);
  });

  it('is a default id that is too long', () => {
    const text = `instances:\n  - service: "${'x'.repeat(1020)}"\n`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^i\.yaml:2: instances\[0\]: the default id .* is too long: .* at most 1024 bytes; set an id/,
      ),
    ]);
  });

  it('is an alias bomb', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [index, name] of [...'bcdefghi'].entries()) {
      const before = 'abcdefghi'[index];
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    expect(problemsOf(bomb.join('\n'))[0]).toMatch(/^i\.yaml: .*alias/i);
  });
});
