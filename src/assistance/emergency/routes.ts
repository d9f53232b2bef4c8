import type { Ground, Routes } from '../../platform/index.ts';
import { enterEmergency } from './commands.ts';

export const emergencyRoutes = ({ execute }: Ground): Routes<'enterEmergency'> => ({
  enterEmergency: ({ params, body, ...call }) => execute(enterEmergency, { ...params, ...body }, call),
});
