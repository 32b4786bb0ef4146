const across: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
const down: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/** Moves the focus between cells with the arrow keys. Tab reaches one cell only (roving tabindex). */
export function moveInGrid(event: KeyboardEvent & { currentTarget: EventTarget | null }): void {
  const here = (event.target as Element).closest<HTMLElement>('[data-cell]');
  const grid = event.currentTarget as HTMLElement | null;
  if (!here || !grid) return;
  const cells = [...grid.querySelectorAll<HTMLElement>('[data-cell]')];
  const to = target(event.key, here, cells);
  if (!to) return;
  event.preventDefault();
  here.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function target(key: string, here: HTMLElement, cells: HTMLElement[]): HTMLElement | undefined {
  const at = cells.indexOf(here);
  if (key === 'Home') return cells[0];
  if (key === 'End') return cells.at(-1);
  const sideways = across[key];
  if (sideways !== undefined) return cells[at + sideways];
  const direction = down[key];
  if (direction === undefined) return undefined;
  const { left, top } = here.getBoundingClientRect();
  let best: { cell: HTMLElement; far: number } | undefined;
  for (const cell of cells) {
    const box = cell.getBoundingClientRect();
    const rise = (box.top - top) * direction;
    if (rise < 4) continue;
    const far = rise * 4 + Math.abs(box.left - left);
    if (!best || far < best.far) best = { cell, far };
  }
  return best?.cell;
}
