/** What each view would cost if it were counted from everything, every time it is asked for; `$1` is the programme. */
export const plainly: Readonly<Record<string, string>> = {
  funnel: `with paid as (
      select n.beneficiary_id, n.state, l.state as list_state, v.state as voucher_state, v.activated_at, n.amount,
        exists (select from messages m where m.voucher_id = v.id and m.kind = 'code' and m.state = 'delivered') as reached
      from payment_lists l join payment_list_lines n on n.list_id = l.id left join vouchers v on v.line_id = n.id where l.programme_id = $1)
    select state, list_state, voucher_state, activated_at is not null, reached, count(*), count(distinct beneficiary_id), sum(amount) from paid group by 1, 2, 3, 4, 5`,
  'unpaid-codes': `select n.wilaya_number, v.state, current_date - v.activated_at::date, v.expires_at::date, count(*), sum(v.amount)
    from vouchers v join payment_list_lines n on n.id = v.line_id
    where v.programme_id = $1 and v.state in ('issued', 'activated', 'locked') group by 1, 2, 3, 4`,
  'time-to-cash': `select n.wilaya_number, count(*), percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from p.paid_at - a.at))
    from payouts p join vouchers v on v.id = p.voucher_id join payment_list_lines n on n.id = v.line_id
    join (select list_id, max(at) as at from payment_list_hands where hand = 'approver' group by 1) a on a.list_id = v.list_id
    where v.programme_id = $1 and p.voided_at is null group by 1`,
  'office-load': `select p.office_id, count(*), sum(p.amount), count(p.voided_at), (select count(*) from failed_codes f where f.office_id = p.office_id)
    from payouts p join vouchers v on v.id = p.voucher_id where v.programme_id = $1 group by 1`,
  'sms-delivery': `select m.gateway_id, m.state, count(*), sum(m.segments), percentile_cont(0.5) within group (order by m.reported_at - m.accepted_at)
    from messages m join payment_lists l on l.id = m.list_id where l.programme_id = $1 group by 1, 2`,
  budget: `select e.fund_id, e.event, date_trunc('month', e.at), sum(p.amount) from journal_entries e join postings p on p.entry_id = e.id and p.amount > 0
    where e.programme_id = $1 group by 1, 2, 3`,
};
