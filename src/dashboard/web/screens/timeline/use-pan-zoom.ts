import { useEffect, useRef, useState } from 'preact/hooks';
import { pan, type Window, zoom } from '../../format/time-scale.ts';
import { isShortcut } from '../../widgets/shortcut.ts';

interface PanZoomOptions {
  readonly window: Window;
  readonly whole: Window;
  /** The time that keeps its position when keys zoom. */
  readonly near: number;
  onWindow(next: Window): void;
  onAll(): void;
}

/** A drag shorter than this, in px, is a click. */
const jitter = 5;

/**
 * Pan and zoom for a time axis. Over the ruler the wheel zooms at the pointer; a horizontal wheel, or Shift
 * with the wheel, pans. A drag selects a range. The keys + and − zoom, 0 shows all.
 *
 * Over the lanes the wheel scrolls the page. With Ctrl, as in a pinch on a touchpad, it zooms.
 */
export function usePanZoom(options: PanZoomOptions) {
  const panel = useRef<HTMLElement>(null);
  const latest = useRef(options);
  latest.current = options;
  const [brush, setBrush] = useState<Window>();
  useEffect(() => {
    const on = panel.current;
    if (!on) return;
    const away = new AbortController();
    const { signal } = away;
    const timeAt = ({ clientX }: MouseEvent): number => {
      const { from, to } = latest.current.window;
      const box = on.querySelector('.lane-time')?.getBoundingClientRect();
      const part = box ? (clientX - box.left) / box.width : 0;
      return from + Math.min(1, Math.max(0, part)) * (to - from);
    };
    const isOver = ({ target }: Event, where: string): boolean =>
      (target as Element).closest(where) !== null;

    const wheel = (event: WheelEvent) => {
      const { window, whole, onWindow } = latest.current;
      const { deltaX, deltaY, shiftKey, ctrlKey, metaKey } = event;
      const along = shiftKey && deltaX === 0 ? deltaY : deltaX;
      if (Math.abs(along) > (shiftKey ? 0 : Math.abs(deltaY))) {
        event.preventDefault();
        onWindow(pan(window, whole, along / 1000));
      } else if (isOver(event, '.ruler') || ctrlKey || metaKey) {
        event.preventDefault();
        const factor = Math.min(2, Math.max(0.5, Math.exp(deltaY / 400)));
        onWindow(zoom(window, whole, timeAt(event), factor));
      }
    };
    on.addEventListener('wheel', wheel, { passive: false, signal });

    let began: { readonly x: number; readonly at: number } | undefined;
    let chosen: Window | undefined;
    const choose = (next: Window | undefined) => {
      chosen = next;
      setBrush(next);
    };
    on.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || !isOver(event, '.lane-time')) return;
        if (event.pointerType === 'touch' && !isOver(event, '.ruler')) return;
        began = { x: event.clientX, at: timeAt(event) };
      },
      { signal },
    );
    on.addEventListener(
      'pointermove',
      (event) => {
        if (!began) return;
        if (!chosen && Math.abs(event.clientX - began.x) < jitter) return;
        if (!chosen) on.setPointerCapture(event.pointerId);
        const at = timeAt(event);
        choose({ from: Math.min(at, began.at), to: Math.max(at, began.at) });
      },
      { signal },
    );
    let dragged = false;
    const end = (event: Event) => {
      if (event.type === 'pointerup' && chosen && chosen.to - chosen.from >= 1) {
        latest.current.onWindow(chosen);
      }
      dragged = chosen !== undefined;
      began = undefined;
      choose(undefined);
    };
    on.addEventListener('pointerup', end, { signal });
    on.addEventListener('pointercancel', end, { signal });
    // Suppresses the click event that follows a drag.
    on.addEventListener(
      'click',
      (event) => {
        if (dragged) event.stopPropagation();
        dragged = false;
      },
      { signal, capture: true },
    );

    const press = (event: KeyboardEvent) => {
      const { window, whole, near, onWindow, onAll } = latest.current;
      if (!isShortcut(event)) return;
      const around =
        near >= window.from && near <= window.to ? near : (window.from + window.to) / 2;
      if (event.key === '+' || event.key === '=') onWindow(zoom(window, whole, around, 0.5));
      else if (event.key === '-' || event.key === '_') onWindow(zoom(window, whole, around, 2));
      else if (event.key === '0') onAll();
      else if (event.key === 'Escape' && chosen) choose(undefined);
    };
    addEventListener('keydown', press, { signal });
    return () => away.abort();
  }, []);
  return { panel, brush };
}
