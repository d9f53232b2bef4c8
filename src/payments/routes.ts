import type { ExportLimits } from '../beneficiaries/index.ts';
import { Accepted, type Ground, type Routes } from '../platform/index.ts';
import { approvalRoutes } from './approvals/routes.ts';
import { cancellingRoutes } from './cancelling/routes.ts';
import type { CancelVouchers } from './cancelling/types.ts';
import { buildList, holdLines, putBackLines, releaseList, submitList } from './commands/index.ts';
import { downloadRoutes } from './downloads/routes.ts';
import { previewList } from './preview.ts';
import { readLeftOut, readLines, readList, readLists } from './queries.ts';
import type { IssueVouchers, PaymentListSheet } from './types.ts';

type Operation =
  | 'buildPaymentList'
  | 'previewPaymentList'
  | 'listPaymentLists'
  | 'getPaymentList'
  | 'listPaymentListLines'
  | 'listPaymentListLeftOut'
  | 'holdPaymentListLines'
  | 'putBackPaymentListLines'
  | 'submitPaymentList'
  | 'releasePaymentList';
type Rooms = ReturnType<typeof approvalRoutes> & ReturnType<typeof cancellingRoutes> & ReturnType<typeof downloadRoutes>;

/** What other rooms do for this one. */
export interface PaymentPorts {
  /** Makes the vouchers of a released list. */
  readonly issue: IssueVouchers;
  /** Makes vouchers worth nothing. */
  readonly cancelVouchers: CancelVouchers;
  /** How much of people's data one user may take out in a day. */
  readonly exportLimits: ExportLimits;
  /** How many instalments or lines one transaction takes at most. */
  readonly batch?: number;
}

export function paymentRoutes(ground: Ground, { issue, cancelVouchers, exportLimits, batch }: PaymentPorts): Routes<Operation> & Rooms {
  const { db, execute } = ground;
  const build = buildList(batch);
  const release = releaseList(issue, batch);
  return {
    ...approvalRoutes(ground),
    ...cancellingRoutes(ground, cancelVouchers, batch),
    ...downloadRoutes(ground, exportLimits),
    buildPaymentList: async ({ params, body, ...call }) =>
      underWay(await execute(build, { ...body, programmeId: params.programmeId }, call)),
    previewPaymentList: ({ actor, params, query, body }) => previewList(ground, actor, { ...body, programmeId: params.programmeId }, query),
    listPaymentLists: ({ actor, params, query }) => readLists(db, actor, params.programmeId, query),
    getPaymentList: ({ actor, params }) => readList(db, actor, params.listId),
    listPaymentListLines: ({ actor, params, query }) => readLines(db, actor, params.listId, query),
    listPaymentListLeftOut: ({ actor, params, query }) => readLeftOut(db, actor, params.listId, query),
    holdPaymentListLines: ({ params, body, ...call }) => execute(holdLines, { ...params, ...body }, call),
    putBackPaymentListLines: ({ params, body, ...call }) => execute(putBackLines, { ...params, ...body }, call),
    submitPaymentList: ({ params, ...call }) => execute(submitList, params, call),
    releasePaymentList: async ({ params, ...call }) => underWay(await execute(release, params, call)),
  };
}

/** A large list is built and released in the background. */
const underWay = (list: PaymentListSheet): PaymentListSheet | Accepted<PaymentListSheet> => (list.progress ? new Accepted(list) : list);
