-- Whether the post has told that it paid what an instalment is for, on a voucher of it that was dead here: until that is decided, and for good where it
-- is left at that, nobody is paid the instalment again. A voucher that paid nothing has had its line cancelled.
create function is_told_paid(instalment uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from payment_list_lines l
    join vouchers v on v.line_id = l.id
    join statement_lines s on s.serial = v.serial and s.kind = 'payment'
    join exceptions e on e.statement_line_id = s.id
    where l.instalment_id = instalment and l.cancellation_id is not null
      and e.kind in ('paid_not_in_list', 'paid_after_expiry', 'paid_after_cancel')
      and (e.resolution is null or e.resolution in ('accepted', 'our_error', 'write_off')))
$$;
