import type { Route } from './route.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { eventRoutes } from './routes/events.ts';
import { floorRoutes } from './routes/floor.ts';
import { gateRoutes } from './routes/gates.ts';
import { operationRoutes } from './routes/operations.ts';
import { runRoutes } from './routes/runs.ts';
import { statusRoutes } from './routes/status.ts';

/** Every way in. */
export const routes: readonly Route[] = [
  ...statusRoutes,
  ...runRoutes,
  ...floorRoutes,
  ...gateRoutes,
  ...operationRoutes,
  ...credentialRoutes,
  ...eventRoutes,
];
