import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  brake,
  collector,
  hold,
  instance,
  policy,
  run,
  session,
  store,
} from '../../../src/runtime/transitions/machine-set.ts';

const page = new URL('../../../docs/reference/protocol.md', import.meta.url);
const rows = (await readFile(page, 'utf8'))
  .split('\n')
  .map((line) => /^\| (\w+) \| (.*)$/.exec(line))
  .filter((row) => row !== null);

const machines = [run, instance, hold, brake, policy, collector, session, store];

test.each(machines.map((machine) => [machine.name, machine] as const))(
  'the table of payloads in the protocol has every event of the machine %s',
  (name, { machine }) => {
    const text = rows
      .filter(([, chain]) => chain === name)
      .map(([, , rest]) => rest)
      .join('\n');
    expect(machine.events.length).toBeGreaterThan(0);
    for (const type of machine.events) expect(text).toContain(`\`${type}\``);
  },
);
