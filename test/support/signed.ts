import { liveTotals } from '../../src/payments/totals.ts';
import { newId, sql, type Tx } from '../../src/platform/index.ts';

/** Carries a list that was just built through its signatures, each by somebody else, until it is being released. */
export async function signList(tx: Tx, listId: string, maker: string, digest: string, at: Date): Promise<void> {
  const hand = (kind: 'approver' | 'releaser') =>
    tx.run(sql`insert into payment_list_hands (list_id, user_id, hand, step, role, digest, at) values (${listId}, ${newId()}, ${kind},
      ${kind === 'approver' ? 1 : null}, ${kind === 'approver' ? 'approver' : null}, ${digest}, ${at})`);
  const move = (state: string) => tx.run(sql`update payment_lists set state = ${state} where id = ${listId}`);
  await tx.run(sql`insert into payment_list_hands (list_id, user_id, hand, at) values (${listId}, ${maker}, 'maker', ${at})`);
  await move('draft');
  await tx.run(sql`insert into payment_list_rounds (list_id, round, digest, programme_id, programme_version, kinds, line_count, total, currency,
      control_totals, submitted_by, submitted_at)
    select l.id, l.round, ${digest}, l.programme_id, p.version, (select array_agg(distinct n.kind order by n.kind) from payment_list_lines n
      where n.list_id = l.id), l.line_count, l.total, l.currency, ${JSON.stringify(await liveTotals(tx, listId))}::jsonb, ${maker}, ${at}
    from payment_lists l join programmes p on p.id = l.programme_id where l.id = ${listId}`);
  await tx.run(sql`update payment_lists set state = 'submitted', digest = ${digest}, submitted_at = ${at},
    programme_version = (select p.version from programmes p where p.id = programme_id) where id = ${listId}`);
  await hand('approver');
  await move('approved');
  await hand('releaser');
  await move('releasing');
}
