import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HaproxyDriver } from '../../../src/adapters/haproxy/haproxy-driver.ts';
import { parseServerState, parseSessions } from '../../../src/adapters/haproxy/server-state.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { FakeView, rowOf } from '../../adapters/doors/support/fake-view.ts';
import { anyText } from '../../arbitrary/names.ts';
import { fuzz } from '../support/fuzz.ts';

/** An admin socket that answers a question with this text, and keeps the commands that it was sent. */
async function openSocket() {
  const path = join(tmpdir(), `rollcall-fuzz-haproxy-${process.pid}.sock`);
  const state = { answer: '', commands: [] as string[] };
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (!text.endsWith('\n')) return;
      const [first = ''] = text.split(/[;\n]/);
      if (!first.startsWith('show')) state.commands.push(text);
      socket.end(first.startsWith('show') ? state.answer : '\n');
    });
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  return {
    ...{ path, state },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => listener.close(() => resolve())),
  };
}

const empty = [
  '1\n# be_id be_name srv_id srv_name srv_addr srv_admin_state srv_port',
  ...[1, 2, 3].map((n) => `2 web ${n} web${n} 127.0.0.1 5 1`),
].join('\n');
const free = `${empty}\n\n# pxname,svname,scur\nweb,web1,0\n\n`;
const command =
  /^set server web\/web[123] (addr [0-9a-f.:]+ port \d{1,5}|state (ready|drain|maint))$/;

const row = fc.record({
  id: anyText,
  address: fc.oneof(
    anyText,
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), anyText).map((two) => two.join('')),
  ),
  port: fc.oneof(fc.nat(70_000), fc.double()),
  label: anyText,
});

test('any id, address, port and label of an instance leads to commands for its server only', async () => {
  await using haproxy = await openSocket();
  const { path: socket, state } = haproxy;
  await fuzz(
    fc.array(row, { maxLength: 4 }),
    async (rows) => {
      const view = new FakeView();
      view.set(
        'web',
        rowOf('web/good', { address: '10.9.9.9', port: 99 }),
        ...rows.map(({ id, address, port, label }) =>
          rowOf('web/x', { id, host: id, address, port, labels: { [label]: label } }),
        ),
      );
      state.answer = free;
      state.commands.length = 0;
      const driver = new HaproxyDriver(
        {
          ...{ socket, backends: [{ backend: 'web', service: 'web', slots: '' }] },
          ...{ policy: 'any', drain: 0, keepLast: 0, saveState: undefined },
        },
        view,
        { clock: systemClock, metrics: noopMetrics, log: { debug() {}, info() {}, warn() {} } },
      );
      await driver.look(true);
      for (const sent of state.commands.flatMap((text) => text.trim().split(/[;\n]/)))
        expect(sent).toMatch(command);
      expect(state.commands.join()).toContain(' addr 10.9.9.9 port 99;');
    },
    { runs: 300 },
  );
});

test('any answer of the admin socket is read', async () => {
  const cell = fc.oneof(anyText, fc.constantFrom('web', 'web1', '127.0.0.1', '5', '1', ''));
  const line = fc.array(cell, { maxLength: 8 }).map((words) => words.join(' '));
  const head = fc.constantFrom('# be_id be_name srv_id srv_name srv_addr srv_admin_state srv_port');
  await fuzz(fc.array(fc.oneof(line, head)), (lines) => {
    const text = lines.join('\n');
    for (const slots of parseServerState(text).values()) {
      for (const slot of slots) expect(slot.name).not.toBe('');
    }
    for (const sessions of parseSessions(text).values()) expect(sessions).not.toBeUndefined();
  });
});
