import './page.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { styleCharts } from './chart-style.ts';
import { listenToKeys } from './keys.ts';
import { start } from './store.ts';
import { applyTheme } from './theme.ts';

const place = document.getElementById('page');
applyTheme();
styleCharts();
start();
listenToKeys();
if (place) {
  place.textContent = '';
  render(<App />, place);
}
