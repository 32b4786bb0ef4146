import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ApiCauses, ApiEntity } from '../../../api-types.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { useFetch } from '../../state/use-query.ts';

/** The change under the pointer or the keyboard focus. A signal, so that the lanes are not rendered again. */
export interface HoveredTransition {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly entity: ApiEntity;
}
export const hoveredTransition = signal<HoveredTransition | null>(null);

/** The last change hovered for 150 ms. The pointer may cross others on its way to the text. */
export function useSettledHover(): HoveredTransition | null {
  const now = hoveredTransition.value;
  const [rested, setRested] = useState<HoveredTransition | null>(null);
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => setRested(now), settlesAfter);
    return () => clearTimeout(timer);
  }, [now]);
  return rested;
}

const settlesAfter = 150;

export function useCauses(on: HoveredTransition | null): ApiCauses | undefined {
  const { value } = useFetch<ApiCauses>(on && apiPath(`causes/${on.seq}`));
  return on && value?.seq === on.seq ? value : undefined;
}
