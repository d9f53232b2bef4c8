-- A voucher gets back the days on which it could be paid at no counter: it was carried to the person, or kept for an office without a network that
-- could not pay it (not yet, or no longer). No day is given back twice, however often the voucher goes out on it.

alter table vouchers add column given_back_until date;

-- The first and the last of the days are given back with them, so that whom it is for has a day left at least.
create function give_days_back(voucher uuid, since timestamptz, until timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as $$
  update vouchers v set given_back_until = d.last, expires_at = ((v.expires_at at time zone p.time_zone) + (d.last - d.first + 1) * interval '1 day') at time zone p.time_zone
    from vouchers w join programmes p on p.id = w.programme_id
      cross join lateral (select greatest((since at time zone p.time_zone)::date, w.given_back_until + 1) as first, (until at time zone p.time_zone)::date as last) d
    where v.id = voucher and w.id = voucher and since < until and d.first <= d.last
$$;
revoke execute on function give_days_back(uuid, timestamptz, timestamptz) from public, sanad_app;

-- What was delivered gets its days back, too, as long as that may still be voided.
create or replace function release_round(advance uuid, at timestamptz, only_voucher uuid) returns void language sql security definer set search_path = public, pg_temp as $$
  with let_go as (
    update advance_vouchers r set is_open = false
      where r.advance_id = advance and r.is_open and (only_voucher is null or r.voucher_id = only_voucher) returning r.voucher_id)
  select give_days_back(v.id, a.handed_at, at) from let_go l join vouchers v on v.id = l.voucher_id, advances a
    where a.id = advance and a.handed_at is not null
      and (v.state in ('activated', 'locked') or v.state = 'redeemed' and a.state = 'handed')
    order by v.id
$$;

-- A pack that is over lets its vouchers go, all but those of which finance has not decided yet whether they were paid. Its office could pay them until
-- its hours ended, if it was handed over.
create or replace function release_bindings(pack uuid, only_voucher uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  let_go uuid[];
begin
  with freed as (
    update offline_bindings b set is_open = false from offline_packs k
    where b.pack_id = pack and b.is_open and (only_voucher is null or b.voucher_id = only_voucher)
      and k.id = pack and k.state in ('closed', 'withdrawn', 'over')
      and not exists (select from offline_conflicts c where c.pack_id = pack and c.voucher_id = b.voucher_id and c.state = 'open')
    returning b.voucher_id)
  select array_agg(voucher_id order by voucher_id) into let_go from freed;
  -- A statement of its own: what is bound stays as it is, and this one sees that they no longer are.
  perform give_days_back(v.id, case when k.handed_at is null then k.prepared_at else k.ends_at end,
      greatest(k.ended_at, (select max(c.resolved_at) from offline_conflicts c where c.pack_id = pack and c.voucher_id = v.id)))
    from vouchers v, offline_packs k where v.id = any(let_go) and k.id = pack and v.state in ('activated', 'locked') order by v.id;
end $$;
