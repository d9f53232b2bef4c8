import type { Ground, Routes } from '../platform/index.ts';
import { createFund, recordContribution } from './commands.ts';
import { listFunds, readFund } from './queries.ts';

export const fundingRoutes = ({ db, execute }: Ground): Routes<'createFund' | 'listFunds' | 'getFund' | 'recordContribution'> => ({
  createFund: ({ params, body, ...call }) => execute(createFund, { ...params, ...body }, call),
  listFunds: ({ actor, params, query }) => listFunds(db, actor, params.programmeId, query),
  getFund: ({ actor, params }) => readFund(db, actor, params.fundId),
  recordContribution: ({ params, body, ...call }) => execute(recordContribution, { ...params, ...body }, call),
});
