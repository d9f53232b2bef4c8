import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { CheckedCondition, Draw, DrawDecision } from './types.ts';

/** The conditions of a draw's tranche, and what was confirmed of them in its present round. */
export async function conditionsOf(
  db: Db,
  { id, trancheId, round }: Pick<Draw, 'id' | 'trancheId' | 'round'>,
): Promise<CheckedCondition[]> {
  const rows = await db.all<Omit<CheckedCondition, 'confirmedAt'> & { readonly confirmedAt: Date | null }>(sql`
    select c.id, c.name, c.evidence_asked as "evidenceAsked", f.evidence, f.confirmed_by as "confirmedBy", f.confirmed_at as "confirmedAt"
    from tranche_conditions c left join draw_confirmations f on f.draw_id = ${id} and f.round = ${round} and f.condition_id = c.id
    where c.tranche_id = ${trancheId} order by c.position`);
  return rows.map((row) => ({ ...row, confirmedAt: row.confirmedAt?.toISOString() ?? null }));
}

export async function decisionsOn(db: Db, drawId: string): Promise<DrawDecision[]> {
  const rows = await db.all<Omit<DrawDecision, 'decidedAt'> & { readonly decidedAt: Date }>(sql`
    select round, decision, reason, decided_by as "decidedBy", decided_at as "decidedAt" from draw_decisions
    where draw_id = ${drawId} order by round, decided_at, decision`);
  return rows.map((row) => ({ ...row, decidedAt: row.decidedAt.toISOString() }));
}

/** @returns false when the condition was confirmed in this round before */
export const insertConfirmation = async (
  tx: Tx,
  { id, round }: Pick<Draw, 'id' | 'round'>,
  conditionId: string,
  evidence: string,
  by: string,
  now: Date,
): Promise<boolean> =>
  (await tx.run(sql`
    insert into draw_confirmations (draw_id, round, condition_id, evidence, confirmed_by, confirmed_at)
    values (${id}, ${round}, ${conditionId}, ${evidence}, ${by}, ${now}) on conflict do nothing`)) === 1;

export const insertDecision = (
  tx: Tx,
  { id, round }: Pick<Draw, 'id' | 'round'>,
  decision: DrawDecision['decision'],
  reason: string | null,
  by: string,
  now: Date,
): Promise<number> =>
  tx.run(sql`
    insert into draw_decisions (draw_id, round, decision, reason, decided_by, decided_at)
    values (${id}, ${round}, ${decision}, ${reason}, ${by}, ${now})`);
