import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { historyLine } from '../../../src/adapters/files/history-line.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { sealEvent } from '../../../src/domain/events/hash-chain.ts';
import { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { collector } from '../../../src/runtime/transitions/machine-set.ts';
import { initialTransition, transition } from '../../../src/runtime/transitions/transition.ts';
import { history } from '../../../tools/bench/history/synthetic-history.ts';

/** Writes a valid history with this many events and agents, in the format of `audit export`. */
export async function writeHistory(file: string, events: number, agents: number): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1 << 22 });
  const before = seat();
  let lines = before.map(historyLine);
  for (const commit of history(events - before.length, { agents, instances: 2 })) {
    for (const event of commit.events)
      lines.push(historyLine({ ...event, seq: event.seq + before.length }));
    if (lines.length < 2000) continue;
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
    lines = [];
  }
  out.end(lines.length === 0 ? '' : `${lines.join('\n')}\n`);
  await finished(out);
}

/** The collector that removes the dead takes a seat. Without one, the whole fleet would be unobserved. */
function seat(): readonly StoredEvent[] {
  const actor = {
    host: HostId.parse('watch'),
    agent: AgentName.parse('collector'),
    run: RunId.parse('collector0'),
  };
  const of = { entity: 'collector', ...actor } as const;
  const at = Date.UTC(2026, 0, 1);
  let prev: string | null = null;
  let { to, context } = initialTransition(collector);
  return [{ type: 'seated', seat: 1 }, { type: 'sighted' }].map((event, index) => {
    const step = transition(collector, { value: to, context }, event);
    if (step === 'ignored') throw new Error('the machine has no such transition');
    const { from, edges } = step;
    ({ to, context } = step);
    const n = index + 1;
    const place = { v: 1, eventId: `seat-${n}`, at, of, machine: 'collector' } as const;
    const { text, head } = sealEvent({
      ...{ ...place, chart: collector.chart, n, event, from, to, edges: [...edges] },
      ...{ actor, record: null, prev },
    });
    prev = head.hash;
    return { seq: n, origin: n, storedAt: at, subject: eventSubject(of, n), text };
  });
}
