import { signal } from '@preact/signals';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** The theme that the user chose; otherwise the preference of the browser. */
export const theme = signal<Theme>(stored());

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.value;
}

/** Light instead of dark, or dark instead of light: `auto` if the browser prefers that. */
export function switchTheme(): void {
  const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const shown = theme.value === 'auto' ? preferred : theme.value;
  const next = shown === 'dark' ? 'light' : 'dark';
  theme.value = next === preferred ? 'auto' : next;
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
    return themes.find((one) => one === value) ?? 'auto';
  } catch {
    return 'auto';
  }
}
