import { authoriseRead, scopeCondition } from '../../../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../../../platform/index.ts';
import type { PageQuery } from '../../queries.ts';
import type { Settlement, SettlementSheet, SettlementState } from '../types.ts';
import { findOrder, type PaymentOrder } from './file-store.ts';
import { findSettlement, linesOf, pageOfSettlements, stepsOf } from './store.ts';
import { threeWaysOf } from './three-ways-store.ts';

/** A settlement with everything that is known of it. @throws not_found */
export async function sheetOf(db: Db, id: string): Promise<SettlementSheet> {
  const settlement = await findSettlement(db, id);
  if (!settlement) throw problem.not_found('There is no such record.');
  const order = await findOrder(db, id);
  return {
    ...settlement,
    lines: (await linesOf(db, id)).map(({ principal, fee, ...line }) => ({ ...line, principal: principal.toJSON(), fee: fee.toJSON() })),
    steps: await stepsOf(db, id),
    order: order ? { executeOn: order.executeOn, digest: order.digest, termsVersion: order.termsVersion } : null,
    threeWays: await threeWaysOf(db, settlement),
  };
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readSettlement(db: Db, actor: Actor, id: string): Promise<SettlementSheet> {
  authoriseRead(actor, 'reconciliation.read_settlement');
  const found = await findSettlement(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'reconciliation.read_settlement', { programme: found.programmeId, fund: found.fundId });
  return sheetOf(db, id);
}

/** The settlements of a programme within the actor's scope, in the order in which they were made. @throws not_found */
export async function listSettlements(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: PageQuery & { readonly state?: SettlementState; readonly fundId?: string },
): Promise<Page<Settlement>> {
  const columns = { programme: sql`s.programme_id`, fund: sql`s.fund_id` };
  const within = scopeCondition(actor, 'reconciliation.read_settlement', columns, { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfSettlements(db, programmeId, query, within, limit, after);
}

/** The order to the bank, for who was just allowed to take it. @throws not_found */
export async function orderFile(db: Db, id: string): Promise<PaymentOrder> {
  const order = await findOrder(db, id);
  if (!order) throw problem.not_found('There is no such record.');
  return order;
}
