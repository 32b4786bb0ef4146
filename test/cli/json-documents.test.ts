import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { historyFile } from '../../src/adapters/files/history-file.ts';
import { causeDocument } from '../../src/cli/audit/machine-diff-report.ts';
import { verifiedDocument } from '../../src/cli/audit/verify-report.ts';
import { wrong } from '../../src/cli/doctor/finding.ts';
import { deedDocument } from '../../src/cli/gc/sweep-report.ts';
import { runProgram } from '../../src/cli/program.ts';
import { changeDocument } from '../../src/cli/tables/change-lines.ts';
import { fleetChangeDocument } from '../../src/cli/tables/fleet-lines.ts';
import { hostRows } from '../../src/cli/tables/host-table.ts';
import { policyDocument } from '../../src/cli/tables/policy-table.ts';
import { brakeDocument, planDocument } from '../../src/composition/gc-plan-now.ts';
import { planRemovals } from '../../src/domain/collection/gc-plan.ts';
import { parseAuditEvent } from '../../src/domain/events/audit-entry.ts';
import { Fleet } from '../../src/domain/fleet/fleet.ts';
import { seconds } from '../../src/domain/time.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import { FleetChangeDetector } from '../../src/runtime/directory/fleet-change-detector.ts';
import { brakeEntry, holdEntry } from '../domain/support/sample-fleet.ts';
import { instanceEntry, instanceRecord } from '../domain/support/sample-records.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { FleetInMemory } from '../runtime/support/fleet-in-memory.ts';
import { until } from '../runtime/support/until.ts';
import { fakeTerminal } from './support/fake-terminal.ts';
import { agentRow, instanceRow } from './support/sample-rows.ts';
import { explained } from './why/explained.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const protocol = readFileSync(at('../../docs/reference/protocol.md'), 'utf8');

/** The fields of a document in docs/reference/protocol.md §9; a reference to another command is expanded. */
function documented(command: string, document: string): readonly string[] {
  const head = `| \`${command}\` | ${document}`;
  const row = protocol.split('\n').find((line) => line.startsWith(head));
  const fields = row?.split(' | ')[2]?.match(/`[^`]+`/g);
  if (!fields) throw new Error(`docs/reference/protocol.md §9 has no row '${head}'`);
  return fields.flatMap((quoted) => {
    const names = quoted.slice(1, -1).split(' ');
    const [other = ''] = names;
    return other === 'ps' || other === 'agents' ? documented(other, '') : names;
  });
}

/** The documents that a command prints for a recorded history. */
async function printed(...argv: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { io, out } = fakeTerminal();
  const file = at('../fixtures/golden/killed.ndjson.gz');
  await runProgram([...argv, '--file', file, '--json'], io, { version: '0', starting() {} });
  return out.map((line) => JSON.parse(line));
}

/** Without the texts of times, which the rule at the head of §9 adds. */
const fieldsOf = (document: object | undefined): string[] =>
  Object.keys(document ?? {})
    .filter((name) => !name.endsWith('Iso'))
    .sort();
const expectFields = (found: object | undefined, command: string, document: string) =>
  expect(fieldsOf(found)).toEqual(documented(command, document).toSorted());

describe('the --json output has the fields in docs/reference/protocol.md', () => {
  test('for ps, agents and hosts', () => {
    expectFields(instanceRow(), 'ps', '');
    expectFields(agentRow(), 'agents', '');
    expectFields(hostRows([agentRow()], [instanceRow()])[0], 'hosts', '');
  });

  test('for watch', () => {
    const change = { before: instanceRow(), now: instanceRow({ state: 'failing' }) };
    expectFields(changeDocument(change, 1), 'watch', 'a change');
    expectFields({ event: '', change: '', ...instanceRow() }, 'watch', 'each instance');
  });

  test('for audit verify', async () => {
    const [last] = await printed('audit', 'verify');
    expectFields(last, 'audit verify', 'the end');
    const said: object[] = [];
    const forged = { seq: 1, origin: 1, storedAt: 1, subject: 'x', text: '' };
    const verified = await verify(
      historyOf([forged]),
      { clock: new FleetInMemory().clock },
      { onDivergence: (one) => void said.push(one), signal: new AbortController().signal },
    );
    expectFields({ event: '', ...said[0] }, 'audit verify', 'a divergence');
    const none = { firstAt: undefined, divergences: 1, compared: false, resumed: 0 };
    const document = verifiedDocument({ verified, ...none, interrupted: true });
    expect(fieldsOf(document)).toEqual(fieldsOf(last));
    const notes = / `notes`: `([^`]+)`/.exec(protocol)?.[1]?.split(' ').sort();
    expect(fieldsOf(verified.notes)).toEqual(notes);
  });

  test('for doctor', () => {
    expectFields(wrong('streams', 'what', 'mend'), 'doctor', 'a finding');
  });

  test('for audit replay', async () => {
    const [moment, ...rows] = await printed('audit', 'replay', '--at', '18', '--show', 'all');
    expectFields(moment, 'audit replay --at', 'the moment');
    expectFields(rows[0], 'ps', '');
    expectFields(rows.at(-1), 'hosts', '');
    const [, second, difference] = await printed('audit', 'replay', '--diff', '17', '18');
    expectFields(second, 'audit replay --at', 'the moment');
    expectFields(difference, 'audit replay --diff', 'a difference');
    const step = { seq: 1, entity: 'h1/a run r' };
    const cause = { machine: 'run', event: 'expired', from: 'live', recorded: 'expired' };
    const unsaid = { other: undefined, why: undefined, count: 1, first: step, last: step };
    expectFields(causeDocument({ ...cause, ...unsaid }), 'audit replay --machines', 'a cause');
    const machines = at('../../machines');
    expectFields(
      (await printed('audit', 'replay', '--machines', machines)).at(-1),
      'audit replay --machines',
      'the end',
    );
  });

  test.each([['lost'], ['agents', '--lost']])('for %s %s', async (...argv) => {
    const [lost, ...more] = await printed(...argv);
    expectFields(lost, argv.join(' '), 'a lost agent');
    expect(lost).toMatchObject({
      host: 'h1',
      agent: 'a',
      instances: [
        { service: 'web', id: 'w1' },
        { service: 'web', id: 'w2' },
      ],
      drained: null,
      acknowledged: null,
    });
    const [service, ...others] = more;
    expectFields(service, 'lost', 'after the agents, each service');
    const none = { event: 'service', service: 'web', lost: 2, acknowledged: 0, left: 1 };
    expect(service).toMatchObject(none);
    expect(others).toEqual([]);
  });

  test('for why', async () => {
    const [standing] = await printed('why', 'instance:web/w1', '--at', '18');
    expectFields(standing, 'why', 'an instance with a record');
    const [agent] = await printed('why', 'agent:h1/a', '--at', '18');
    expectFields(agent, 'why', 'an agent with a record');
    for (const name of ['agent:h1/a', 'instance:web/w1']) {
      expectFields((await printed('why', name))[0], 'why', 'an entity without a record');
    }
    expectFields((await printed('why', 'agent:watch/collector'))[0], 'why', 'a process');
  });

  test('for why on an unreadable record', async () => {
    const fleet = new FleetInMemory();
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    fleet.byHand('agent.h1.a', 'what?');
    await until(fleet, () => fleet.record('h1/a').kind === 'unreadable');
    const [story] = await explained(fleet, 'agent:h1/a');
    expectFields({ ...story?.facts, sentences: [] }, 'why', 'a record that cannot be read');
  });

  test('for gc plan, gc run, policy, and watch of the fleet', async () => {
    const fleet = new Fleet();
    fleet.replace([holdEntry('h1/a', { until: 9, why: '' }), brakeEntry('r1', noneThere)], 9);
    fleet.apply([instanceEntry(1, instanceRecord('h1/a', 'r1', 'web/1'))], 10);
    const around = { now: 0, seats: 1, leases: new Set<string>(), answering: new Set<string>() };
    const { rows, brakes } = planRemovals(fleet, { ...around, orphans: { ttl: 1, grace: 1 } });
    const [row] = rows;
    expectFields(row && planDocument(row), 'gc plan', 'each item');
    const [brake] = brakes;
    const fields = /A brake is\s+`\{ ([^}]+) \}`/.exec(protocol)?.[1]?.split(/,\s+/);
    expect(fieldsOf(brake && brakeDocument(brake))).toEqual(fields?.toSorted());
    expectFields(policyDocument(fleet.controls), 'policy', 'the policy');
    const changes = new FleetChangeDetector().changes(fleet.controls);
    const [hold] = changes.map((change) => fleetChangeDocument(change, 1));
    const record = ['host', 'agent', 'run', 'state', 'until', 'why', 'by', 'since'];
    expect(fieldsOf(hold)).toEqual(['event', 'change', 'at', ...record].toSorted());
    for await (const stored of historyFile(at('../fixtures/golden/killed.ndjson.gz')).read(0)) {
      const read = parseAuditEvent(stored);
      if (read.kind === 'event')
        expectFields(deedDocument(read.event), 'gc run', 'each transition');
      break;
    }
  });
});

const noneThere = { seen: 0, suspect: 0 };
