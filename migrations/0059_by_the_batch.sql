-- What is written by the hundred thousand is checked by the batch: all keys go through an index once, in its order, and what they lead to is put
-- together in memory. A look-up for each row cost several times as much. The planner knows nothing of rows that were written a moment ago and
-- might compare all with all; a full join is never a nested loop.

-- As in 0036.
create or replace function refuse_stray_match() returns trigger language plpgsql as $$
begin
  if exists (select from new_matches m where m.statement_line_id not in (select t.statement_line_id from statement_match_targets t
      where t.statement_line_id = any(array(select n.statement_line_id from new_matches n)))) then
    perform refuse('statement_matches_of_something', 'a match is with something of ours', 'statement_matches');
  end if;
  if exists (select from new_matches m join statement_match_targets t on t.statement_line_id = m.statement_line_id
      where m.pass = 'manual' and 'same' is distinct from (select d.verdict from statement_decisions d where d.statement_line_id = t.statement_line_id
        and d.target_type = t.target_type and d.target_id = t.target_id and d.decided_by = m.matched_by order by d.id desc limit 1)) then
    perform refuse('statement_matches_decided', 'a match by hand is a decision of whoever made it', 'statement_matches');
  end if;
  return null;
end $$;

-- As in 0052.
create or replace function refuse_stray_target() returns trigger language plpgsql as $$
declare
  broken record;
begin
  -- Whoever moves a settlement meanwhile waits, or is waited for.
  perform 1 from settlements s where s.id in (select t.target_id from new_targets t where t.target_type = 'settlement') order by s.id for no key update;
  with n as materialized (select t.statement_line_id, t.target_id from new_targets t where t.target_type = 'payout'),
    m as materialized (select m.statement_line_id, m.matched_by from statement_matches m
      where m.statement_line_id = any(array(select n.statement_line_id from n))),
    l as materialized (select l.id, l.statement_id, l.kind, l.currency from statement_lines l where l.id = any(array(select n.statement_line_id from n))),
    p as materialized (select p.id, p.voucher_id, p.currency, p.voided_at, p.agent_id, p.voided_by from payouts p
      where p.id = any(array(select n.target_id from n)) for key share),
    v as materialized (select v.id, v.programme_id, v.list_id from vouchers v where v.id = any(array(select p.voucher_id from p)))
  select bool_or(m.statement_line_id is null or s.programme_id is distinct from v.programme_id or p.currency <> l.currency or s.state = 'withdrawn') as stray,
      bool_or(not line_may_be(s.source, l.kind, 'payout')) as unfit, bool_or(p.voided_at is not null) as voided,
      bool_or(m.matched_by in (p.agent_id, p.voided_by)) as own, array_agg(distinct m.matched_by) as makers, array_agg(distinct v.list_id) as lists
    into broken
    from n full join m on m.statement_line_id = n.statement_line_id full join l on l.id = n.statement_line_id full join p on p.id = n.target_id
      full join v on v.id = p.voucher_id left join statements s on s.id = l.statement_id;
  if exists (select from new_targets t where t.target_type <> 'payout') then
    select coalesce(broken.stray, false) or bool_or(m.statement_line_id is null or s.state = 'withdrawn' or case when t.target_type = 'line'
          then not exists (select from statement_lines x join statements xs on xs.id = x.statement_id
            where x.id = t.target_id and xs.programme_id = s.programme_id and xs.source = s.source and xs.state <> 'withdrawn' and x.currency = l.currency and x.id <> l.id
              and x.kind = case l.kind when 'reversal' then 'payment' else 'deposit' end)
          else not exists (select from statement_targets r where r.target_type = t.target_type and r.target_id = t.target_id
            and r.programme_id = s.programme_id and r.currency = l.currency) end),
        coalesce(broken.unfit, false) or bool_or(not line_may_be(s.source, l.kind, t.target_type)),
        coalesce(broken.own, false) or bool_or(had_hand_in_record(m.matched_by, t.target_type, t.target_id))
      into broken.stray, broken.unfit, broken.own
      from new_targets t
        left join lateral (select m.statement_line_id, m.matched_by from statement_matches m where m.statement_line_id = t.statement_line_id offset 0) m on true
        left join lateral (select * from statement_lines l where l.id = t.statement_line_id offset 0) l on true
        left join statements s on s.id = l.statement_id
      where t.target_type <> 'payout';
  end if;
  if broken.stray then
    perform refuse('statement_match_targets_own', 'a line is matched with what its programme has, in its currency', 'statement_match_targets');
  end if;
  if broken.unfit then
    perform refuse('statement_match_targets_fit', 'a line of this kind is never such a record', 'statement_match_targets');
  end if;
  if broken.voided then
    raise exception 'a pay-out was voided meanwhile'
      using errcode = 'serialization_failure', constraint = 'statement_matches_standing', table = 'statement_matches';
  end if;
  if broken.own or exists (select from payment_list_hands h
      where h.list_id = any(broken.lists) and (h.user_id = any(broken.makers) or h.for_user_id = any(broken.makers))) then
    perform refuse('statement_matches_by_another', 'who had a hand in the list or paid the cash does not reconcile it', 'statement_matches');
  end if;
  if exists (select from statement_decisions) and exists (select from new_targets t where 'apart' = (select d.verdict from statement_decisions d
      where d.statement_line_id = t.statement_line_id and d.target_type = t.target_type and d.target_id = t.target_id order by d.id desc limit 1)) then
    perform refuse('statement_match_targets_apart', 'somebody decided that these two are not one', 'statement_match_targets');
  end if;
  perform refuse_uneven_matches(array(select distinct o.statement_line_id from statement_match_targets o
    where o.statement_line_id = any(array(select t.statement_line_id from new_targets t)) and (o.part > 0 or o.target_type <> 'payout')));
  return null;
end $$;
