import type { Ground, Routes } from '../platform/index.ts';
import { approveList, buildList, cancelList, rejectList, releaseList, submitList } from './commands/index.ts';
import { previewList } from './preview.ts';
import { readLines, readList, readLists } from './queries.ts';
import type { IssueVouchers } from './types.ts';

type Operation =
  | 'buildPaymentList'
  | 'previewPaymentList'
  | 'listPaymentLists'
  | 'getPaymentList'
  | 'listPaymentListLines'
  | 'submitPaymentList'
  | 'approvePaymentList'
  | 'rejectPaymentList'
  | 'releasePaymentList'
  | 'cancelPaymentList';

/** @param ports.issue makes the vouchers of a released list */
export function paymentRoutes(ground: Ground, { issue }: { readonly issue: IssueVouchers }): Routes<Operation> {
  const { db, execute } = ground;
  const release = releaseList(issue);
  return {
    buildPaymentList: ({ params, body, ...call }) => execute(buildList, { ...body, programmeId: params.programmeId }, call),
    previewPaymentList: ({ actor, params, body }) => previewList(ground, actor, { ...body, programmeId: params.programmeId }),
    listPaymentLists: ({ actor, params, query }) => readLists(db, actor, params.programmeId, query),
    getPaymentList: ({ actor, params }) => readList(db, actor, params.listId),
    listPaymentListLines: ({ actor, params, query }) => readLines(db, actor, params.listId, query),
    submitPaymentList: ({ params, ...call }) => execute(submitList, params, call),
    approvePaymentList: ({ params, body, ...call }) => execute(approveList, { ...params, ...body }, call),
    rejectPaymentList: ({ params, body, ...call }) => execute(rejectList, { ...params, ...body }, call),
    releasePaymentList: ({ params, ...call }) => execute(release, params, call),
    cancelPaymentList: ({ params, body, ...call }) => execute(cancelList, { ...params, ...body }, call),
  };
}
