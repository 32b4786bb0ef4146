import './styles/shell.css';
import type { ComponentChildren } from 'preact';
import { EntityScreen } from './screens/entity/entity-screen.tsx';
import { FleetScreen } from './screens/fleet/fleet-screen.tsx';
import { GcScreen } from './screens/gc/gc-screen.tsx';
import { MachinesScreen } from './screens/machines/machines-screen.tsx';
import { ServicesScreen } from './screens/services/services-screen.tsx';
import { TimelineScreen } from './screens/timeline/timeline-screen.tsx';
import { ActionDialog } from './shell/action-dialog.tsx';
import { Banners } from './shell/banners.tsx';
import { DetailDrawer } from './shell/detail-drawer.tsx';
import { EmptyState } from './shell/empty-state.tsx';
import { PlaybackBar } from './shell/playback-bar.tsx';
import { TopBar } from './shell/top-bar.tsx';
import type { Screen } from './state/route.ts';
import { isKnown, isPast, isStale, route } from './state/store.ts';
import { ErrorBoundary } from './widgets/error-boundary.tsx';

const screens: Readonly<Record<Screen, () => ComponentChildren>> = {
  fleet: () => <FleetScreen />,
  services: () => <ServicesScreen />,
  timeline: () => <TimelineScreen />,
  machines: () => <MachinesScreen />,
  gc: () => <GcScreen />,
  entity: () => <EntityScreen />,
};

/** The whole page, computed from the history and the address. */
export function App() {
  const { screen } = route.value;
  const known = isKnown.value;
  const classes = ['app', isPast.value ? 'past' : '', isStale.value ? 'stale' : ''];
  return (
    <div class={classes.filter(Boolean).join(' ')}>
      <TopBar />
      <ErrorBoundary name="banners">
        <Banners />
      </ErrorBoundary>
      <div class="stage">
        <main id="main" class={`screen ${screen}`} tabIndex={-1}>
          <ErrorBoundary key={screen} name={screen}>
            {known ? screens[screen]() : <EmptyState />}
          </ErrorBoundary>
        </main>
        {known && (screen === 'fleet' || screen === 'timeline') ? (
          <ErrorBoundary key={route.value.params['sel'] ?? ''} name="drawer">
            <DetailDrawer />
          </ErrorBoundary>
        ) : null}
      </div>
      <ErrorBoundary name="transport">
        <PlaybackBar />
      </ErrorBoundary>
      <ActionDialog />
    </div>
  );
}
