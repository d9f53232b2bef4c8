import { accessColumns } from './access/index.ts';
import { auditColumns } from './audit/index.ts';
import { beneficiaryColumns } from './beneficiaries/index.ts';
import { eligibilityColumns } from './eligibility/index.ts';
import { intakeColumns } from './intake/index.ts';
import { koboColumns } from './interop/index.ts';
import { messagingColumns } from './messaging/index.ts';
import { joinColumns, platformColumns } from './platform/index.ts';
import { voucherColumns } from './vouchers/index.ts';

/** Every column of bytes of the database, as its room declares it: what a rotation seals anew, and what it leaves alone. */
export const columns = joinColumns([
  platformColumns,
  accessColumns,
  auditColumns,
  beneficiaryColumns,
  intakeColumns,
  eligibilityColumns,
  voucherColumns,
  messagingColumns,
  koboColumns,
]);
