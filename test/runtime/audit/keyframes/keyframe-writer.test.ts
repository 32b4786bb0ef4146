import { describe, expect, test } from 'vitest';
import { Fault } from '../../../../src/domain/fault.ts';
import { days, hours, minutes, seconds } from '../../../../src/domain/time.ts';
import { KeyframeWriter } from '../../../../src/runtime/audit/keyframes/keyframe-writer.ts';
import { withChange } from '../../../fixtures/history/tampering.ts';
import { keepingCollector } from '../../support/event-source.ts';
import type { FleetInMemory } from '../../support/fleet-in-memory.ts';
import { verdictOn } from '../../support/record-verdict.ts';
import { busyFleet, kept } from './signing-fleet.ts';

const never = new AbortController().signal;

const lastSeq = ({ world }: FleetInMemory): number => world.audit.last?.seq ?? 0;

/** A keyframe writer that checks on command, and whose signatures are only collected. */
function keyframerOn(fleet: FleetInMemory, every: number) {
  const process = fleet.process('keeper');
  const signatures: [number, string][] = [];
  const may = { sign: true };
  const keyframer = new KeyframeWriter(
    process.ports,
    (seq, digest) => {
      if (may.sign) signatures.push([seq, digest]);
      return may.sign;
    },
    every,
  );
  const look = async () => {
    const looking = keyframer.look(never);
    await fleet.advance(10);
    await looking;
  };
  return { process, look, signatures, may };
}

describe('a keyframe', () => {
  test.each([
    ['one below', 1, 0],
    ['at', 0, 1],
    ['above', -1, 1],
  ])('is due at its number of events: %s', async (_, more, made) => {
    const { fleet } = await busyFleet();
    const { look } = keyframerOn(fleet, lastSeq(fleet) + more);
    await look();
    expect(kept(fleet)).toHaveLength(made);
  });

  test('is due a day after the last if there are events; otherwise the last one is signed again', async () => {
    const { fleet, change } = await busyFleet({ ttl: hours(2), grace: minutes(30) });
    const { look, signatures } = keyframerOn(fleet, 10_000);
    const passed = async (time: number) => {
      await fleet.advance(time);
      await look();
      return signatures.map(([seq]) => seq);
    };
    expect(await passed(hours(23))).toEqual([]);
    const [first = 0] = await passed(hours(1));
    expect(kept(fleet)).toEqual([first]);
    expect(await passed(hours(23))).toEqual([first]);
    expect(await passed(hours(1))).toEqual([first, first]);
    await change(3);
    expect(await passed(hours(23))).toEqual([first, first]);
    const [, , second = 0] = await passed(hours(1));
    expect(kept(fleet)).toEqual([first, second]);
    expect(second).toBeGreaterThan(first);
  });

  test.each([days(2), -days(2)])(
    'is due a day after the last by the clock of the server, also if its own clock is %d ms ahead',
    async (ahead) => {
      const { fleet } = await busyFleet({ ttl: hours(2), grace: minutes(30) });
      const { process, look, signatures } = keyframerOn(fleet, 10_000);
      process.clock.setWall(ahead);
      await fleet.advance(hours(23));
      await look();
      expect(signatures).toHaveLength(0);
      await fleet.advance(hours(1));
      await look();
      expect(signatures).toHaveLength(1);
      await look();
      expect(signatures).toHaveLength(1);
    },
  );

  test('is not made before as many events as the last one has lines', async () => {
    const { fleet, change } = await busyFleet();
    for (let n = 0; n < 10; n += 1) fleet.agent(`m${n}/a`, ['web/1']);
    await fleet.advance(seconds(2));
    const { look, signatures } = keyframerOn(fleet, 1);
    await look();
    await change(10);
    // No signature is in the audit here: the writer trusts its own keyframes.
    await look();
    expect(signatures).toHaveLength(1);
    await change(50);
    await look();
    expect(signatures).toHaveLength(2);
  });

  test('is not made from a history that diverges, and the reason is logged', async () => {
    const { fleet, change } = await busyFleet();
    await change(5);
    const { look, process, signatures } = keyframerOn(fleet, 1);
    const { audit } = process.ports;
    const plain = audit.read.bind(audit);
    audit.read = async function* (from, filters) {
      for await (const one of plain(from, filters)) {
        yield one.seq === 9 ? withChange(one, ({ at }) => ({ at: at + 1 })) : one;
      }
    };
    await look();
    expect(kept(fleet)).toEqual([]);
    expect(signatures).toEqual([]);
    expect(process.logged).toContainEqual({
      event: 'keyframe-refused',
      fields: { why: expect.objectContaining({ seq: 9, check: 'signature' }) },
    });
    // It is not verified repeatedly either.
    const reads = process.logged.length;
    await look();
    expect(process.logged).toHaveLength(reads);
  });

  test('is made from a history without the event of a manual deletion, because the result is known', async () => {
    const { fleet } = await busyFleet();
    const [process] = fleet.processes;
    if (process) await fleet.kill(process);
    fleet.byHand('instance.h1.a.web.1', undefined);
    await fleet.advance(fleet.lease.ttl);
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(30));
    const { look, signatures } = keyframerOn(fleet, 1);
    await look();
    expect(signatures.map(([seq]) => seq)).toEqual(kept(fleet));
    expect(kept(fleet)).toHaveLength(1);
    expect((await verdictOn(fleet)).divergences).toEqual([
      expect.objectContaining({ check: 'end' }),
    ]);
  });

  test('is not made repeatedly if the store refuses it, and the refusal is logged', async () => {
    const { fleet, change } = await busyFleet();
    await change(5);
    const { look, process, signatures } = keyframerOn(fleet, 1);
    let tries = 0;
    process.ports.keyframes.put = async () => {
      tries += 1;
      throw new Fault('store-refused', 'this connection may not publish there');
    };
    await look();
    await look();
    expect([tries, signatures.length]).toEqual([1, 0]);
    expect(process.logged).toEqual([
      { event: 'keyframe-refused', fields: { why: 'this connection may not publish there' } },
    ]);
    await fleet.advance(hours(1));
    await look();
    expect(tries).toBe(2);
  });

  test('is signed at the next check if it could not be signed before', async () => {
    const { fleet } = await busyFleet();
    const { look, signatures, may } = keyframerOn(fleet, 1);
    may.sign = false;
    await look();
    expect([kept(fleet).length, signatures.length]).toEqual([1, 0]);
    may.sign = true;
    await look();
    expect(signatures.map(([seq]) => seq)).toEqual(kept(fleet));
  });

  test('that another collector stored without a signature is signed if it is equal', async () => {
    const { fleet } = await busyFleet();
    const one = keyframerOn(fleet, 1);
    one.may.sign = false;
    await one.look();
    const other = keyframerOn(fleet, 1);
    await other.look();
    expect(kept(fleet)).toHaveLength(1);
    expect(other.signatures.map(([seq]) => seq)).toEqual(kept(fleet));
  });

  test('that was stored in its place is replaced before it is signed', async () => {
    const { fleet } = await busyFleet();
    const seq = lastSeq(fleet);
    fleet.world.keyframes.set(seq, '{"v":1,"seq":1}\n');
    const { look, signatures, process } = keyframerOn(fleet, 1);
    await look();
    expect(signatures).toEqual([]);
    await look();
    expect(signatures.map(([at]) => at)).toEqual([seq]);
    expect(fleet.world.keyframes.get(seq)?.length).toBeGreaterThan(1000);
    expect(process.logged.map(({ event }) => event)).toContain('keyframe-replaced');
  });

  test('from before a trimmed beginning is deleted, because no event connects to it', async () => {
    const { fleet, change } = await busyFleet();
    keepingCollector(fleet, 40);
    await change(50);
    await fleet.advance(minutes(1));
    await change(50);
    await fleet.advance(minutes(1));
    const [first = 0, second = 0] = kept(fleet);
    expect(second).toBeGreaterThan(first);
    const { audit } = fleet.world;
    const plain = audit.from.bind(audit);
    audit.from = (from) => plain(Math.max(from, second + 1));
    const { look, process, signatures } = keyframerOn(fleet, 20);
    process.ports.audit.range = async () => ({ first: second + 1, last: lastSeq(fleet) });
    await change(50);
    await look();
    expect(signatures).toHaveLength(1);
    expect(kept(fleet)).not.toContain(first);
    expect(kept(fleet)).toContain(second);
  });

  test('is not made from a trimmed history without a keyframe that connects to it', async () => {
    const { fleet, change } = await busyFleet();
    await change(20);
    const { look, process } = keyframerOn(fleet, 1);
    process.ports.audit.range = async () => ({ first: 5, last: lastSeq(fleet) });
    await look();
    expect(kept(fleet)).toEqual([]);
    expect(process.logged.map(({ event }) => event)).toContain('keyframe-refused');
  });
});
