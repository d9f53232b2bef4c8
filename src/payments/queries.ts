import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, isId, Money, type Page, pageRequest, problem, type Scope } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { stepsFor } from './rules.ts';
import { findList, pageOfLines, pageOfLists, returnedByReason, signaturesOf, totalsByState, totalsByWilaya } from './store.ts';
import type { PaymentList, PaymentListSheet, ShownLine } from './types.ts';

/** Where a list belongs. */
export const scopeOf = ({ programmeId, fundId }: Pick<PaymentList, 'programmeId' | 'fundId'>): Scope => ({
  programme: programmeId,
  fund: fundId,
});

/** @throws not_found */
export async function listById(db: Db, id: string): Promise<PaymentList> {
  const list = await findList(db, id);
  if (!list) throw problem.not_found('There is no such record.');
  return list;
}

/** A list with its control totals, its signatures and those that it still needs. @throws not_found */
export async function sheetOf(db: Db, id: string): Promise<PaymentListSheet> {
  const list = await listById(db, id);
  const { programme } = await programmeById(db, list.programmeId);
  const signatures = await signaturesOf(db, id);
  const steps = stepsFor(programme.approvalRules, Money.of(list.total.amount, list.total.currency));
  return {
    ...list,
    byWilaya: await totalsByWilaya(db, id),
    byState: await totalsByState(db, id),
    returned: await returnedByReason(db, id),
    signatures,
    signaturesNeeded: steps.map(({ step, role, signatures: needed }) => ({
      step,
      role,
      signatures: needed,
      given: signatures.filter((signature) => signature.step === step).length,
    })),
  };
}

async function readable(db: Db, actor: Actor, id: string): Promise<PaymentList> {
  authoriseRead(actor, 'payments.read');
  const list = await listById(db, id);
  authoriseRead(actor, 'payments.read', scopeOf(list));
  return list;
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readList(db: Db, actor: Actor, id: string): Promise<PaymentListSheet> {
  await readable(db, actor, id);
  return sheetOf(db, id);
}

type PageQuery = { readonly limit?: number; readonly cursor?: string };

/** A programme's lists, newest first. */
export async function readLists(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<PaymentList>> {
  authoriseRead(actor, 'payments.read', { programme: programmeId });
  const { limit, after } = pageRequest(query);
  if (after !== undefined && !isId(after)) throw foreignCursor();
  return pageOfLists(db, programmeId, limit, after);
}

/** A list's lines, by position. @throws not_found when there is no such list within the actor's scope */
export async function readLines(db: Db, actor: Actor, listId: string, query: PageQuery): Promise<Page<ShownLine>> {
  await readable(db, actor, listId);
  const { limit, after = '0' } = pageRequest(query);
  if (!/^\d{1,9}$/.test(after)) throw foreignCursor();
  return pageOfLines(db, listId, limit, Number(after));
}

const foreignCursor = () =>
  problem.invalid_request('Leave out the cursor, or send one that this address gave you.', {}, [
    { pointer: '/query/cursor', detail: 'No page of this list ends here.' },
  ]);
