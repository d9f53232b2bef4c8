import { donorReports } from './datasets/donor-report.ts';
import { exceptions } from './datasets/exceptions.ts';
import { generalLedger } from './datasets/general-ledger.ts';
import { listLines } from './datasets/list-lines.ts';
import { payouts } from './datasets/payouts.ts';
import { people } from './datasets/people.ts';
import type { Datasets } from './types.ts';

export { scheduledExportJobs } from './jobs.ts';
export { scheduledExportRoutes } from './routes.ts';
export { exportSources } from './run-store.ts';
export { exportColumnsOfBytes } from './sealing.ts';

/** Everything that this platform can export on a schedule. */
export const datasets: Datasets = [payouts, generalLedger, exceptions, donorReports, listLines, people];
