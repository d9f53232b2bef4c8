import { type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { changeFund, createFund } from './commands/index.ts';
import { listContributions, recordContribution } from './contributions/index.ts';
import { convertCash, listConversions, listRates, recordRate } from './exchange/index.ts';
import { listFunds, listFundVersions, readFund } from './queries.ts';
import { readFundSheet } from './sheet/index.ts';

type Operations =
  | 'createFund'
  | 'listFunds'
  | 'getFund'
  | 'changeFund'
  | 'listFundVersions'
  | 'getFundSheet'
  | 'recordContribution'
  | 'listContributions'
  | 'convertForeignCash'
  | 'listConversions'
  | 'recordExchangeRate'
  | 'listExchangeRates';

export const fundingRoutes = ({ db, execute, clock }: Ground): Routes<Operations> => ({
  createFund: async ({ params, body, ...call }) => new Versioned(await execute(createFund, { ...params, ...body }, call), 1),
  listFunds: ({ actor, params, query }) => listFunds(db, actor, params.programmeId, query),
  getFund: async ({ actor, params }) => {
    const { fund, version } = await readFund(db, actor, params.fundId);
    return new Versioned(fund, version);
  },
  changeFund: async ({ params, body, ifMatch, ...call }) => {
    const { fund, version } = await execute(changeFund, { fundId: params.fundId, version: versionIn(ifMatch), change: body }, call);
    return new Versioned(fund, version);
  },
  listFundVersions: ({ actor, params, query }) => listFundVersions(db, actor, params.fundId, query),
  getFundSheet: ({ actor, params }) => readFundSheet(db, actor, params.fundId, clock.now()),
  recordContribution: ({ params, body, ...call }) => execute(recordContribution, { ...params, ...body }, call),
  listContributions: ({ actor, params, query }) => listContributions(db, actor, params.fundId, query),
  convertForeignCash: ({ params, body, ...call }) => execute(convertCash, { ...params, ...body }, call),
  listConversions: ({ actor, params, query }) => listConversions(db, actor, params.fundId, query),
  recordExchangeRate: ({ body, ...call }) => execute(recordRate, body, call),
  listExchangeRates: ({ actor, query }) => listRates(db, actor, query),
});
