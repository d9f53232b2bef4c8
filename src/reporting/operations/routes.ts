import type { Ground, Routes } from '../../platform/index.ts';
import { answered } from './answer.ts';
import { budget } from './budget/queries.ts';
import { budgetColumns } from './budget/types.ts';
import { unpaidCodes } from './codes/queries.ts';
import { unpaidCodesColumns } from './codes/types.ts';
import { duplicateDecisions, duplicateQueue } from './duplicates/queries.ts';
import { decisionsColumns, duplicatesColumns } from './duplicates/types.ts';
import { openExceptionLoad } from './exceptions/queries.ts';
import { exceptionsColumns } from './exceptions/types.ts';
import { viewFrame } from './frame.ts';
import { funnel } from './funnel/queries.ts';
import { funnelColumns } from './funnel/types.ts';
import { smsDelivery } from './messages/queries.ts';
import { smsColumns } from './messages/types.ts';
import { officeLoad } from './offices/queries.ts';
import { officeLoadColumns } from './offices/types.ts';
import { timeToCash } from './waits/queries.ts';
import { waitsColumns } from './waits/types.ts';

type Operation =
  | 'getFunnel'
  | 'getUnpaidCodes'
  | 'getTimeToCash'
  | 'getOfficeLoad'
  | 'getSmsDelivery'
  | 'getDuplicateQueue'
  | 'getDuplicateDecisions'
  | 'getExceptionLoad'
  | 'getBudget';

export const operationsRoutes = (ground: Ground): Routes<Operation> => ({
  getFunnel: async ({ query: { format, ...narrowed }, ...asked }) =>
    answered(await funnel(await viewFrame(ground, asked, 'operations.read', narrowed.fundId), narrowed), format, 'funnel', funnelColumns),
  getUnpaidCodes: async ({ query: { format, ...narrowed }, ...asked }) =>
    answered(
      await unpaidCodes(await viewFrame(ground, asked, 'operations.read', narrowed.fundId), narrowed),
      format,
      'unpaid-codes',
      unpaidCodesColumns,
    ),
  getTimeToCash: async ({ query: { format, ...narrowed }, ...asked }) =>
    answered(await timeToCash(await viewFrame(ground, asked, 'operations.read'), narrowed), format, 'time-to-cash', waitsColumns),
  getOfficeLoad: async ({ query: { format, ...narrowed }, ...asked }) =>
    answered(await officeLoad(await viewFrame(ground, asked, 'operations.read'), narrowed), format, 'office-load', officeLoadColumns),
  getSmsDelivery: async ({ query: { format, ...narrowed }, ...asked }) =>
    answered(await smsDelivery(await viewFrame(ground, asked, 'operations.read'), narrowed), format, 'sms-delivery', smsColumns),
  getDuplicateQueue: async ({ query: { format }, ...asked }) =>
    answered(await duplicateQueue(await viewFrame(ground, asked, 'operations.read')), format, 'duplicates', duplicatesColumns),
  getDuplicateDecisions: async ({ query: { format, ...days }, ...asked }) =>
    answered(
      await duplicateDecisions(await viewFrame(ground, asked, 'operations.read'), days),
      format,
      'duplicate-decisions',
      decisionsColumns,
    ),
  getExceptionLoad: async ({ query: { format }, ...asked }) =>
    answered(
      await openExceptionLoad(await viewFrame(ground, asked, 'operations.read_exceptions')),
      format,
      'exceptions',
      exceptionsColumns,
    ),
  getBudget: async ({ query: { format, ...wanted }, ...asked }) =>
    answered(await budget(await viewFrame(ground, asked, 'operations.read_money', wanted.fundId), wanted), format, 'budget', budgetColumns),
});
