import { expect, test } from 'vitest';
import { staleAfter } from '../../../src/adapters/memory/server/connection.ts';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { slot } from '../../contract/support/sample-names.ts';
import { Gate } from '../support/gate.ts';
import { Process } from '../support/process.ts';

type Happening = (process: Process) => void | Promise<void>;

const kill: Happening = (process) => process.crash();
const vanish: Happening = (process) => process.vanish();
const freeze: Happening = (process) => process.freeze();
const thaw: Happening = (process) => process.thaw();
const cut: Happening = ({ line }) => {
  line.down = true;
};
const mend: Happening = ({ line }) => {
  line.down = false;
};

const nothing: string[] = [];
const gone = ['closed-by-client'];
const givenUp = ['other'];

test.each<[string, Happening[], { at: string[]; after: string[] }]>([
  ['killed', [kill], { at: gone, after: gone }],
  ['frozen', [freeze], { at: nothing, after: givenUp }],
  ['frozen and killed', [freeze, kill], { at: gone, after: gone }],
  ['frozen and thawed', [freeze, thaw], { at: nothing, after: nothing }],
  ['disconnected', [cut], { at: nothing, after: givenUp }],
  ['disconnected and killed', [cut, kill], { at: nothing, after: givenUp }],
  ['disconnected and reconnected', [cut, mend], { at: nothing, after: nothing }],
  [
    'disconnected and frozen, then reconnected',
    [cut, freeze, mend],
    { at: nothing, after: givenUp },
  ],
  ['without power', [vanish], { at: nothing, after: givenUp }],
  ['without power and killed', [vanish, kill], { at: nothing, after: givenUp }],
  [
    'without power, disconnected and reconnected',
    [vanish, cut, mend],
    { at: nothing, after: givenUp },
  ],
])(
  'the memory store announces a process that is %s as the server does',
  async (_, happenings, expected) => {
    const clock = new VirtualClock();
    const world = new MemoryServer(clock);
    let numbers = 0;
    const around = {
      ...{ clock, world, next: () => ++numbers, fraction: () => 0, served: () => {} },
      leader: { gate: new Gate(), keeps: () => false },
      timekeeping: () => ({}),
    };
    const process = new Process('host-1', around, () => false, slot(1));
    const kinds: string[] = [];
    void memoryStore(world).disconnects.watch(({ slot: of, how }) => {
      expect(of).toEqual(slot(1));
      kinds.push(how);
    }, new AbortController().signal);
    for (const happening of happenings) await happening(process);
    await clock.settle();
    expect(kinds).toEqual(expected.at);
    await clock.advance(staleAfter);
    expect(kinds).toEqual(expected.after);
  },
);
