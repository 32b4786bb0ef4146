import { describe, expect, test } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import type { Notice } from '../../src/ports/run-messaging.ts';
import { eventually } from './support/eventually.ts';
import { run } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

const within = seconds(5);

const answering = (state: string, notices: Notice[] = []) => ({
  pong: () => ({ lag: 12.5, state }),
  onNotice: (notice: Notice) => void notices.push(notice),
});

export function probeContract(open: Open): void {
  describe('a run that gets a request', () => {
    test('but does not exist has no responders', async () => {
      await using subject = await open();
      expect(await subject.store.messaging.ping(run(1), within)).toBe('no-responders');
    });

    test('answers for itself, to another client', async () => {
      await using subject = await open();
      await using other = await subject.other();
      await using _one = await other.messaging.serve(run(1), answering('serving'));
      await using _two = await other.messaging.serve(run(2), answering('leaving'));
      const { messaging } = subject.store;
      // The other servers of a cluster know of it a moment after its own.
      await eventually(subject, async () => {
        expect(await messaging.ping(run(1), within)).toEqual({ lag: 12.5, state: 'serving' });
        expect(await messaging.ping(run(2), within)).toEqual({ lag: 12.5, state: 'leaving' });
      });
      expect(await messaging.ping(run(3), within)).toBe('no-responders');
    });

    test('after it stopped its subscription has no responders', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const listening = await other.messaging.serve(run(1), answering('serving'));
      await listening[Symbol.asyncDispose]();
      await eventually(subject, async () =>
        expect(await subject.store.messaging.ping(run(1), within)).toBe('no-responders'),
      );
    });

    test('after its connection closed has no responders', async () => {
      await using subject = await open();
      const other = await subject.other();
      await other.messaging.serve(run(1), answering('serving'));
      await eventually(subject, async () =>
        expect(await subject.store.messaging.ping(run(1), within)).toMatchObject({
          state: 'serving',
        }),
      );
      await other[Symbol.asyncDispose]();
      await eventually(subject, async () =>
        expect(await subject.store.messaging.ping(run(1), within)).toBe('no-responders'),
      );
    });

    test('answers with its state at the time of the request', async () => {
      await using subject = await open();
      const now = { lag: 0, state: 'serving' };
      await using _listening = await subject.store.messaging.serve(run(1), {
        pong: () => ({ ...now }),
        onNotice: () => {},
      });
      now.state = 'lapsed';
      now.lag = 3;
      expect(await subject.store.messaging.ping(run(1), within)).toEqual({
        lag: 3,
        state: 'lapsed',
      });
    });

    test('receives its own notices in order, and no notices of other runs', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const notices: Notice[] = [];
      await using _one = await other.messaging.serve(run(1), answering('serving', notices));
      await using _two = await other.messaging.serve(run(2), answering('serving'));
      await eventually(subject, async () => {
        for (const one of [run(1), run(2)]) {
          expect(await subject.store.messaging.ping(one, within)).toMatchObject({
            state: 'serving',
          });
        }
      });
      subject.store.messaging.notify(run(1), 'suspected');
      subject.store.messaging.notify(run(2), 'superseded');
      subject.store.messaging.notify(run(1), 'expired');
      subject.store.messaging.notify(run(3), 'expired');
      await eventually(subject, () => expect(notices).toEqual(['suspected', 'expired']));
    });
  });
}
