import type { Ground } from '../platform/index.ts';
import { donorRoutes } from './donor/routes.ts';
import { operationsRoutes } from './operations/routes.ts';

export const reportingRoutes = (ground: Ground) => ({ ...donorRoutes(ground), ...operationsRoutes(ground) });
