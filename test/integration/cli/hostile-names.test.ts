import { expect, test } from 'vitest';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { screen } from '../../../src/cli/tables/live-table.ts';
import { displayWidth } from '../../../src/cli/terminal/display-width.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { portsOf, startAgent, startCollector } from '../audit/support/sample-audit.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { openOn } from '../nats/support/open-store.ts';

const context = withServer();

const names = [
  'a\u202eb\u200fc',
  '日本語'.repeat(21),
  '👩‍👩‍👧🚀'.repeat(8),
  '<b>&amp;"\'<br>',
  'x'.repeat(64),
  'e\u0301\u0301 z',
];
/** The output of a health check and the reason of an operator. */
const said = `down \u001b[31mred\u001b[0m\r\n\t\u009b2J\u001b]0;t\u0007 \u202e 東京 👩‍👩‍👧 <i> ${'w'.repeat(300)}`;
const address = said.slice(0, 60);

/** Control characters, on which a terminal would act. */
const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The output by line, without the control sequences of a live table itself. */
const linesOf = (printed: readonly string[]): readonly string[] =>
  [screen.enter, screen.leave, '\u001b[H', '\u001b[K', '\u001b[J']
    .reduce((text, own) => text.replaceAll(own, ''), printed.join('\n'))
    .split('\n');

test('hostile names and texts never control the terminal or exceed its width', async () => {
  await using opened = await openOn([context.server.url]);
  const on = { servers: [context.server.url], namespace: opened.names.namespace };
  const ports = portsOf(opened.store);
  await using _collector = await startCollector(on, 'one', 10_000);
  await using agents = new AsyncDisposableStack();
  const specs = names.map((name) =>
    InstanceSpec.parse({ service: name, id: name, address, port: 80, labels: { [address]: said } }),
  );
  for (const [n, name] of names.entries()) {
    const one = await startAgent(on, `${name}/${name}`, []);
    agents.defer(() => one.stop());
    const spec = specs[n] as InstanceSpec;
    one.agent.replace([spec]);
    one.agent.report(spec, { state: 'failing', detail: said });
    const host = HostId.parse(name);
    const actor = { host, agent: AgentName.parse('operator'), run: systemEntropy.runId() };
    const planned = { host, until: Date.now() + 600_000, why: said };
    await planHold({ actor, ports }, planned, ports, AbortSignal.timeout(10_000));
  }
  const at = ['--servers', context.server.url, '--namespace', opened.names.namespace];
  const see = async (words: readonly string[], more: Parameters<typeof fakeTerminal>[0] = {}) => {
    const { io, out, err } = fakeTerminal({ isTerminal: true, ...more });
    await runProgram([...words, ...at], io, { version: '1', starting: () => {} });
    return { out, err };
  };
  await until('all are failing', async () => {
    const { out } = await see(['ps', '--json']);
    return out.filter((row) => JSON.parse(row).state === 'failing').length === names.length;
  });

  const looking = [
    ...['ps', 'agents', 'hosts', 'gc plan'].map((line) => line.split(' ')),
    ...names.flatMap((name) => [
      ['show', `instance:${name}/${name}`],
      ['why', `instance:${name}/${name}`],
      ['show', `hold:${name}`],
    ]),
  ];
  const seen = new Map<string, readonly string[]>();
  for (const words of looking) {
    const { out, err } = await see(words);
    seen.set(words.join(' '), [...out, ...err]);
  }
  for (const words of [['watch'], ['watch', '--lines']]) {
    const watching = new AbortController();
    const printed: string[] = [];
    const say = (text: string) => void printed.push(text);
    const ended = see(words, { signal: watching.signal, out: say, err: say, draw: say });
    await until('it is drawn', () => printed.length > 1);
    const name = `late${words.length}-${'東'.repeat(30)}`;
    const late = await startAgent(on, `${name}/a`, ['web/late']);
    await until('the change is seen', () => printed.some((text) => text.includes('web/late')));
    await late.stop();
    await until('the end is seen', () => printed.some((text) => text.includes('✕ gone')));
    watching.abort();
    await ended;
    seen.set(words.join(' '), printed);
  }
  for (const [words, printed] of seen) {
    expect(printed.length, words).toBeGreaterThan(0);
    for (const line of linesOf(printed)) {
      expect(hostile.test(line), JSON.stringify({ words, line })).toBe(false);
      expect(displayWidth(line), `${words}: ${line}`).toBeLessThanOrEqual(100);
    }
  }
});
