import type { ExportLimits } from '../../beneficiaries/index.ts';
import type { Ground, Routes } from '../../platform/index.ts';
import { exportList } from './commands.ts';

/** @param limits how much of people's data one user may take out in a day */
export function downloadRoutes({ execute }: Ground, limits: ExportLimits): Routes<'createPaymentListExport'> {
  const askForExport = exportList(limits);
  return {
    // The passphrase that this answers is kept nowhere from which it could be answered again.
    createPaymentListExport: ({ params, headers, body, actor, requestId }) => {
      const { fields = [], instruction = null, recipient = null, ...form } = body;
      return execute(
        askForExport,
        { ...form, ...params, fields, instruction, recipient, purpose: headers['sanad-purpose'] },
        { actor, requestId },
      );
    },
  };
}
