import { sql } from '../../platform/index.ts';
import { firstPayouts } from './payouts.ts';
import { type Rule, ruleOf } from './rule.ts';

/**
 * Somebody who is named as the witness of receipts says that they did not see them being signed: of one officer's round, whatever was answered before
 * the look among it, and whether it was voided since or not. Of the two one does not tell the truth, so neither judges it.
 */
export const disputed: Rule = {
  ...ruleOf(
    'delivery_disputed',
    (
      { programmeId, since, until },
      { least },
    ) => sql`select d.advance_id::text as key, null::uuid as "officeId", d.agent_id as "agentId", array_agg(distinct s.answered_by) || d.agent_id as concerns,
      count(*)::int as count, array_agg(d.id) as items, min(d.paid_at) as "from", max(s.answered_at) as "to", 'high' as severity,
      jsonb_build_object('payoutIds', ${firstPayouts}, 'advanceId', d.advance_id, 'witnessIds', array_agg(distinct s.answered_by)) as evidence
    from (select distinct a.id from delivery_answers n join payouts p on p.id = n.payout_id join advances a on a.id = p.advance_id
        where n.answer = 'disputed' and n.recorded_at > ${since} and n.recorded_at <= ${until} and a.programme_id = ${programmeId}) t
      join payouts d on d.advance_id = t.id join delivery_answers s on s.payout_id = d.id and s.answer = 'disputed'
    group by d.advance_id, d.agent_id having count(*) >= ${least}`,
  ),
  of: 'disputes',
};
