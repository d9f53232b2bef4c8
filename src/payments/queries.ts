import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, isId, Money, type Page, pageRequest, pageRequestById, problem, type Scope, sql } from '../platform/index.ts';
import { programmeAt, programmeById } from '../programmes/index.ts';
import { kindsOf, signaturesOf } from './approvals/hand-store.ts';
import { stepsFor, withGiven } from './approvals/rules.ts';
import { withShownDetails } from './overlap/index.ts';
import { findList, pageOfLeftOut, pageOfLines, pageOfLists, progressOf } from './store.ts';
import { controlTotals } from './totals.ts';
import type { LeftOut, ListSource, PaymentList, PaymentListSheet, ShownLine } from './types.ts';

/** Where a list belongs: in its programme, and in a fund when it draws on no other. */
export const scopeOf = ({ programmeId, funds }: Pick<PaymentList, 'programmeId' | 'funds'>): Scope => ({
  programme: programmeId,
  ...(funds[0] && funds.length === 1 ? { fund: funds[0].fundId } : {}),
});

/** Where a list that is drawn up from this belongs. */
export const scopeOfSource = ({ programmeId, fundIds = [] }: ListSource): Scope => ({
  programme: programmeId,
  ...(fundIds[0] && fundIds.length === 1 ? { fund: fundIds[0] } : {}),
});

/** @throws not_found */
export async function listById(db: Db, id: string): Promise<PaymentList> {
  const list = await findList(db, id);
  if (!list) throw problem.not_found('There is no such record.');
  return list;
}

/** The terms that a list stays under: those of its programme when it was submitted, those of now for a draft. */
export const termsOf = (db: Db, { programmeId, programmeVersion }: PaymentList): ReturnType<typeof programmeById> =>
  programmeVersion === null ? programmeById(db, programmeId) : programmeAt(db, programmeId, programmeVersion);

/** A list with its control totals, its signatures and those that it still needs. @throws not_found */
export async function sheetOf(db: Db, id: string): Promise<PaymentListSheet> {
  const list = await listById(db, id);
  const signatures = await signaturesOf(db, id);
  const { programme } = await termsOf(db, list);
  const steps = stepsFor(programme.approvalRules, await kindsOf(db, id), Money.of(list.total.amount, list.total.currency));
  return {
    ...list,
    ...(await controlTotals(db, list)),
    progress: await progressOf(db, list),
    signatures,
    signaturesNeeded: withGiven(steps, signatures),
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

export type PageQuery = { readonly limit?: number; readonly cursor?: string };

/** A programme's lists within the actor's scope, newest first. @throws not_found */
export async function readLists(db: Db, actor: Actor, programmeId: string, query: PageQuery): Promise<Page<PaymentList>> {
  const columns = { programme: sql`programme_id`, fund: sql`only_fund_of(id)` };
  const within = scopeCondition(actor, 'payments.read', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfLists(db, programmeId, within, limit, after);
}

/** A list's lines within the actor's scope, by position. @throws not_found when there is no such list within it */
export async function readLines(db: Db, actor: Actor, listId: string, query: PageQuery): Promise<Page<ShownLine>> {
  const { programmeId, total } = await readable(db, actor, listId);
  // A line that is held back may be of a fund that the list draws nothing from.
  const within = scopeCondition(actor, 'payments.read', { programme: sql`${programmeId}::uuid`, fund: sql`l.fund_id` });
  const { limit, after = '0' } = pageRequest(query, (key) => /^\d{1,9}$/.test(key));
  const { items, nextCursor } = await pageOfLines(db, listId, within, limit, Number(after));
  const shown = await withShownDetails(db, actor, total.currency, items);
  return { items: shown.map(({ detail, ...line }) => ({ ...line, returnDetail: detail })), nextCursor };
}

/**
 * Who was left out of a list when it was built, and why. They are people of the programme, and of no fund.
 * @throws not_found when there is no such list within the actor's scope, or that is a fund
 */
export async function readLeftOut(db: Db, actor: Actor, listId: string, query: PageQuery): Promise<Page<LeftOut>> {
  authoriseRead(actor, 'payments.read_left_out');
  const { programmeId, total } = await listById(db, listId);
  authoriseRead(actor, 'payments.read_left_out', { programme: programmeId });
  const { limit, after } = leftOutPage(query);
  const { items, nextCursor } = await pageOfLeftOut(db, listId, limit, after);
  return { items: await withShownDetails(db, actor, total.currency, items), nextCursor };
}

/** A page of people left out, from a query. @throws invalid_request when the cursor is of another list */
export function leftOutPage(query: PageQuery) {
  const { limit, after } = pageRequest(query, (key) => /^\d{10}\/.{36}$/.test(key) && isId(key.slice(11)));
  return { limit, after: after === undefined ? undefined : { registrationNumber: after.slice(0, 10), instalmentId: after.slice(11) } };
}
