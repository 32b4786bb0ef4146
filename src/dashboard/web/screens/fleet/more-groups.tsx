import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../../format/format-time.ts';

interface Props {
  readonly left: number;
  readonly atATime: number;
  readonly what: string;
  readonly onMore: () => void;
}

/** Groups that are not made yet: they are when one comes near them, or asks. */
export function MoreGroups({ left, atATime, what, onMore }: Props) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const root = place.current.closest('.screen');
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) onMore();
      },
      { root, rootMargin: '200px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <p ref={place} class="more">
      <button type="button" onClick={onMore}>
        Show {Math.min(atATime, left)} more of {formatCount(left, what)}
      </button>
    </p>
  );
}
