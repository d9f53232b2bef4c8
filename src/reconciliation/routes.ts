import type { Ground } from '../platform/index.ts';
import { exceptionRoutes } from './exceptions/routes.ts';
import { matchingRoutes } from './matching/routes.ts';
import { settlementRoutes } from './settlements/routes.ts';
import { statementRoutes } from './statements/routes.ts';

/** @param dataDir where uploads wait, sealed, until they are whole */
export const reconciliationRoutes = (ground: Ground, dataDir: string) => ({
  ...statementRoutes(ground, dataDir),
  ...matchingRoutes(ground),
  ...exceptionRoutes(ground),
  ...settlementRoutes(ground),
});
