import { accessColumns } from './access/index.ts';
import { auditColumns } from './audit/index.ts';
import { beneficiaryColumns } from './beneficiaries/index.ts';
import { deduplicationColumns } from './deduplication/index.ts';
import { eligibilityColumns } from './eligibility/index.ts';
import { exportColumnsOfBytes } from './exports/index.ts';
import { feedbackColumns } from './feedback/index.ts';
import { intakeColumns } from './intake/index.ts';
import { koboColumns } from './interop/index.ts';
import { messagingColumns } from './messaging/index.ts';
import { monitoringColumns } from './monitoring/index.ts';
import { joinColumns, platformColumns } from './platform/index.ts';
import { exceptionColumns, statementColumns } from './reconciliation/index.ts';
import { voucherColumns } from './vouchers/index.ts';
import { webhookColumns } from './webhooks/index.ts';

/** Every column of bytes of the database, as its room declares it: what a rotation seals anew, and what it leaves alone. */
export const columns = joinColumns([
  platformColumns,
  accessColumns,
  auditColumns,
  beneficiaryColumns,
  deduplicationColumns,
  intakeColumns,
  eligibilityColumns,
  voucherColumns,
  messagingColumns,
  feedbackColumns,
  monitoringColumns,
  koboColumns,
  statementColumns,
  exceptionColumns,
  exportColumnsOfBytes,
  webhookColumns,
]);
