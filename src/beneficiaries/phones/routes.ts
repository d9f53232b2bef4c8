import type { Ground, Routes } from '../../platform/index.ts';
import type { DuplicateCheck } from '../duplicate-check.ts';
import { confirmPhone, listHeldPhones, refusePhone } from './commands.ts';

type Operation = 'listHeldPhones' | 'confirmHeldPhone' | 'refuseHeldPhone';

/** @param duplicates compares a person whose number has gone back */
export const heldPhoneRoutes = ({ execute }: Ground, duplicates: DuplicateCheck): Routes<Operation> => ({
  listHeldPhones: ({ params, query, ...call }) => execute(listHeldPhones, { ...params, query }, call),
  confirmHeldPhone: ({ params, body, ...call }) => execute(confirmPhone, { ...params, ...body }, call),
  refuseHeldPhone: async ({ params, body, ...call }) => {
    const refused = await execute(refusePhone, { ...params, ...body }, call);
    await duplicates.compare([refused.beneficiaryId]);
    return refused;
  },
});
