import { render } from 'preact';
import { App } from './app.tsx';
import { listenToKeys } from './keys.ts';
import { start } from './store.ts';
import { applyTheme } from './theme.ts';

const script = document.querySelector<HTMLScriptElement>('script[data-worker]');
const place = document.getElementById('page');
applyTheme();
start(script?.dataset['worker'] ?? '/worker.js');
listenToKeys();
if (place) {
  place.textContent = '';
  render(<App />, place);
}
