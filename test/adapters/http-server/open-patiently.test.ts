import { describe, expect, test } from 'vitest';
import { openPatiently } from '../../../src/adapters/http-server/open-patiently.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';

/** An endpoint whose first attempts fail. */
function endpoint(failures: number) {
  const clock = new VirtualClock();
  const attempts: number[] = [];
  const printed: string[] = [];
  const counted: string[] = [];
  let closed = 0;
  const open = async () => {
    attempts.push(clock.monotonic());
    if (attempts.length <= failures) throw new Error('in use');
    const close = async () => {
      closed += 1;
    };
    return { url: 'http://here', [Symbol.asyncDispose]: close };
  };
  const opening = openPatiently(
    'metrics',
    open,
    { clock, metrics: { listenFailed: (name) => void counted.push(name) } },
    {
      onFailure: (cause, isFirst) => void printed.push(`${cause}${isFirst ? ' first' : ''}`),
      onOpen: (url) => void printed.push(url),
    },
  );
  return { clock, attempts, printed, counted, opening, closed: () => closed };
}

describe('an endpoint that a process can do without', () => {
  test('is open at once if its address is free', async () => {
    const { opening, printed, counted, closed } = endpoint(0);
    const opened = await opening;
    expect(opened.url).toBe('http://here');
    expect(printed).toEqual(['http://here']);
    expect(counted).toEqual([]);
    await opened[Symbol.asyncDispose]();
    expect(closed()).toBe(1);
  });

  test('is tried again with growing pauses, and each failure is counted', async () => {
    const { clock, opening, attempts, counted, printed } = endpoint(7);
    await using opened = await opening;
    expect(opened.url).toBeUndefined();
    await clock.advance(200_000);
    expect(opened.url).toBe('http://here');
    expect(attempts.map((at) => (at - (attempts[0] ?? 0)) / 1000)).toEqual([
      0, 1, 3, 7, 15, 31, 61, 91,
    ]);
    expect(counted).toEqual(Array.from({ length: 7 }, () => 'metrics'));
    expect(printed.filter((line) => line.endsWith('first'))).toEqual(['Error: in use first']);
    expect(printed.at(-1)).toBe('http://here');
  });

  test('is not tried again after its process stops', async () => {
    const { clock, opening, attempts } = endpoint(100);
    const opened = await opening;
    await opened[Symbol.asyncDispose]();
    await clock.advance(200_000);
    expect(attempts).toHaveLength(1);
  });
});
