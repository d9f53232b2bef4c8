import type { Ground, Routes } from '../../platform/index.ts';
import { approveList } from './approve-list.ts';
import { delegate, endOwnDelegation } from './delegation-commands.ts';
import { readAwaited, readColleagues, readDelegations, readRounds } from './queries.ts';
import { rejectList } from './reject-list.ts';

type Operation =
  | 'approvePaymentList'
  | 'rejectPaymentList'
  | 'listPaymentListRounds'
  | 'listAwaitedSignatures'
  | 'delegateApproval'
  | 'listApprovalDelegations'
  | 'listPossibleDeputies'
  | 'endApprovalDelegation';

export const approvalRoutes = ({ db, execute, clock }: Ground): Routes<Operation> => ({
  approvePaymentList: ({ params, body, ...call }) => execute(approveList, { ...params, ...body }, call),
  rejectPaymentList: ({ params, body, ...call }) => execute(rejectList, { ...params, ...body }, call),
  listPaymentListRounds: ({ actor, params, query }) => readRounds(db, actor, params.listId, query),
  listAwaitedSignatures: ({ actor, query }) => readAwaited(db, actor, clock.now(), query),
  delegateApproval: ({ body, ...call }) => execute(delegate, body, call),
  listApprovalDelegations: ({ actor, query }) => readDelegations(db, actor, query),
  listPossibleDeputies: ({ actor, query }) => readColleagues(db, actor, clock.now(), query),
  endApprovalDelegation: ({ params, ...call }) => execute(endOwnDelegation, params, call),
});
