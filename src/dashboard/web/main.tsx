import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { listenToKeys } from './shell/keyboard-shortcuts.ts';
import { start } from './state/store.ts';
import { applyTheme } from './state/theme.ts';
import { serveTabs } from './worker.ts';

// The same script runs in each tab and in the worker that they share.
if ('document' in globalThis) showPage();
else serveTabs();

function showPage(): void {
  const page = document.getElementById('page');
  applyTheme();
  start();
  listenToKeys();
  if (page) {
    page.textContent = '';
    render(<App />, page);
  }
}
