const across: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
const down: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/** Moves the focus between cells with the arrow keys. Tab reaches one cell only (roving tabindex). */
export function moveInGrid(event: KeyboardEvent & { currentTarget: EventTarget | null }): void {
  const cell = (event.target as Element).closest<HTMLElement>('[data-cell]');
  const grid = event.currentTarget as HTMLElement | null;
  if (!cell || !grid) return;
  const cells = [...grid.querySelectorAll<HTMLElement>('[data-cell]')];
  const to = targetOf(event.key, cell, cells);
  if (!to) return;
  event.preventDefault();
  cell.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function targetOf(key: string, cell: HTMLElement, cells: HTMLElement[]): HTMLElement | undefined {
  const index = cells.indexOf(cell);
  if (key === 'Home') return cells[0];
  if (key === 'End') return cells.at(-1);
  const sideways = across[key];
  if (sideways !== undefined) return cells[index + sideways];
  const direction = down[key];
  if (direction === undefined) return undefined;
  const { left, top } = cell.getBoundingClientRect();
  let best: { cell: HTMLElement; far: number } | undefined;
  for (const one of cells) {
    const box = one.getBoundingClientRect();
    const rise = (box.top - top) * direction;
    if (rise < 4) continue;
    const far = rise * 4 + Math.abs(box.left - left);
    if (!best || far < best.far) best = { cell: one, far };
  }
  return best?.cell;
}
