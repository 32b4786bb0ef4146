import { signal } from '@preact/signals';

type Theme = 'auto' | 'light' | 'dark';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

/** The theme that the user chose; otherwise the preference of the browser. */
export const theme = signal<Theme>(stored());

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.value;
}

export function nextTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'auto';
  try {
    localStorage.setItem('rollcall-theme', theme.value);
  } catch {
    // Without storage, the choice is lost and the preference of the browser applies next time.
  }
  applyTheme();
}

function stored(): Theme {
  try {
    const value = localStorage.getItem('rollcall-theme');
    return order.find((one) => one === value) ?? 'auto';
  } catch {
    return 'auto';
  }
}
