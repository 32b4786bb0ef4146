import { readPin } from '../../format/pin.ts';
import { readWindow } from '../../format/time-scale.ts';
import { extent, moment, route } from '../../state/store.ts';

/** The transitions that the picture counts. */
export function useEdgeRange(machine: string, actor: number | undefined, isWindow: boolean) {
  const { params } = route.value;
  const current = moment.value?.seq ?? 0;
  const all = extent.value;
  const whole = { from: all?.firstAt ?? 0, to: (all?.lastAt ?? 0) + 1 };
  const b = readPin(params['b'])?.seq ?? null;
  return {
    machine,
    entities: actor === undefined ? null : [actor],
    from: isWindow && b !== null ? Math.min(b, current) : 0,
    to: isWindow && b !== null ? Math.max(b, current) : current,
    ...(isWindow && b === null && params['w'] ? { between: readWindow(params['w'], whole) } : {}),
  };
}
