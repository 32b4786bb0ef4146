import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlacedNotice } from '../../../../src/dashboard/web/state/placed-notice.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the result of an action on the page', () => {
  it('is shown for 10 seconds from the last one', () => {
    const notice = new PlacedNotice<string>(signal('fleet a/b'));
    notice.show('Hold placed');
    vi.advanceTimersByTime(9000);
    notice.show('Hold released');
    vi.advanceTimersByTime(9000);
    expect(notice.value).toBe('Hold released');
    vi.advanceTimersByTime(1000);
    expect(notice.value).toBeNull();
  });

  it('is not shown on another screen or with another entity', () => {
    const place = signal('fleet a/b');
    const notice = new PlacedNotice<string>(place);
    notice.show('Hold placed');
    expect(notice.value).toBe('Hold placed');
    place.value = 'fleet c/d';
    expect(notice.value).toBeNull();
  });
});
