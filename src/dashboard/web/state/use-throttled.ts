import { useEffect, useRef, useState } from 'preact/hooks';

/** Limits updates of a value to one per interval in ms, for renders that take longer than a frame. */
export function useThrottled<T>(value: T, ms: number): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const waiting = useRef(false);
  const last = useRef(0);
  latest.current = value;
  useEffect(() => {
    if (waiting.current || value === shown) return;
    waiting.current = true;
    const wait = Math.max(0, last.current + ms - performance.now());
    setTimeout(() => {
      waiting.current = false;
      last.current = performance.now();
      setShown(() => latest.current);
    }, wait);
  }, [value]);
  return shown;
}
