import { signal } from '@preact/signals';

type Theme = 'auto' | 'light' | 'dark';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

/** The browser's wish, unless somebody chose otherwise here. */
export const theme = signal<Theme>(stored());

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.value;
}

export function nextTheme(): void {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'auto';
  try {
    localStorage.setItem('rollcall-theme', theme.value);
  } catch {
    // A browser that keeps nothing goes by its own wish next time.
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
