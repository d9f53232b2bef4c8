import type { PeriodCheck } from '../ledger/index.ts';
import { exceptionsResolved } from './exceptions/door.ts';
import { settlementChecks } from './settlements/period-checks.ts';

/** What has to agree before a period is closed. */
export const reconciliationChecks: readonly PeriodCheck[] = [exceptionsResolved, ...settlementChecks];
