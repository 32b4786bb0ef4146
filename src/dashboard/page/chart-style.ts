import { stylesheet } from '../../charts/stylesheet.ts';
import { literal } from '../../charts/theme.ts';

/** Pictures in the page's colours, both themes at once. Through the CSSOM: no inline style is let in. */
export function styleCharts(): void {
  const { light, dark } = literal;
  const variables = Object.entries(light).map(
    ([name, colour]) =>
      `--chart-${name.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}: light-dark(${colour}, ${dark[name as keyof typeof dark]});`,
  );
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { ${variables.join(' ')} }\n${stylesheet('css')}`);
  document.adoptedStyleSheets = [sheet];
}
