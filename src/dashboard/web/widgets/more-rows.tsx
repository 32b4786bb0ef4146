import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../format/format-time.ts';

interface MoreProps {
  readonly left: number;
  readonly atATime: number;
  readonly what: string;
  readonly onMore: () => void;
}

/** The button that shows more rows. It also does so when the user scrolls near it. */
export function MoreRows({ left, atATime, what, onMore }: MoreProps) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!line.current) return;
    const root = line.current.closest('.screen');
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) onMore();
      },
      { root, rootMargin: '200px' },
    );
    observer.observe(line.current);
    return () => observer.disconnect();
  }, []);
  return (
    <p ref={line} class="more">
      <button type="button" onClick={onMore}>
        Show {Math.min(atATime, left)} more of {formatCount(left, what)}
      </button>
    </p>
  );
}
