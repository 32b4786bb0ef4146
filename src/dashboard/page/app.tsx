import type { ComponentChildren } from 'preact';
import { Banners } from './banners.tsx';
import { Dialog } from './dialog.tsx';
import { Drawer } from './drawer.tsx';
import { EntityScreen } from './entity-screen.tsx';
import { Fleet } from './fleet.tsx';
import { GcScreen } from './gc-screen.tsx';
import { Guarded } from './guarded.tsx';
import { Help } from './help.tsx';
import { Machines } from './machines.tsx';
import { Nothing } from './nothing.tsx';
import type { Screen } from './route.ts';
import { extent, isPast, isStale, moment, route } from './store.ts';
import { Timeline } from './timeline.tsx';
import { TopBar } from './top-bar.tsx';
import { Transport } from './transport.tsx';

const screens: Readonly<Record<Screen, () => ComponentChildren>> = {
  fleet: () => <Fleet />,
  timeline: () => <Timeline />,
  machines: () => <Machines />,
  gc: () => <GcScreen />,
  entity: () => <EntityScreen />,
};

/** The page is a function of the history and of the address. */
export function App() {
  const { screen } = route.value;
  const known = moment.value !== null && (extent.value?.rows ?? 0) > 0;
  const classes = ['app', isPast.value ? 'past' : '', isStale.value ? 'stale' : ''];
  return (
    <div class={classes.filter(Boolean).join(' ')}>
      <TopBar />
      <Guarded name="banners">
        <Banners />
      </Guarded>
      <div class="stage">
        <main id="main" class={`screen ${screen}`} tabIndex={-1}>
          <Guarded key={screen} name={screen}>
            {known ? screens[screen]() : <Nothing />}
          </Guarded>
        </main>
        {known && (screen === 'fleet' || screen === 'timeline') ? (
          <Guarded key={route.value.words['sel'] ?? ''} name="drawer">
            <Drawer />
          </Guarded>
        ) : null}
      </div>
      <Guarded name="transport">
        <Transport />
      </Guarded>
      <Help />
      <Dialog />
    </div>
  );
}
