-- As in 0038, and of the post's statements alone: what the bank says of a pay-out does not say that the post lists it. A line that is one pay-out says
-- what that came to; one that is several comes to what these do.
create or replace view payout_lines as
  select t.target_id as payout_id, t.statement_line_id, case t.part when 0 then l.amount end as stated
  from statement_match_targets t join statement_lines l on l.id = t.statement_line_id join statements s on s.id = l.statement_id and s.source = 'post'
  where t.target_type = 'payout';

-- Several days that the post pays in one: all that an office paid, or, for a line without an office, all offices, on days that follow each other.
alter table matching_passes
  drop constraint matching_passes_sums_check,
  add constraint matching_passes_sums_check check (sums in ('office_day', 'days', 'reference')),
  drop constraint matching_passes_find_something,
  add constraint matching_passes_find_something check (case
    when sums = 'office_day' then target = 'payout' and office and days is not null and tolerance = 0 and not (quotes or serial or document)
    when sums = 'days' then side = 'post' and target = 'payout' and days is not null and tolerance = 0 and not (quotes or serial or document)
    when sums = 'reference' then target = 'settlement' and quotes and tolerance = 0 and not (serial or office or document)
    when target = 'payout' then quotes or serial or (office and document and days is not null)
    when target = 'line' then (quotes or serial) and not (office or document)
    else (quotes or days is not null) and not (serial or office or document) end);
-- What a programme goes by that has set none of its own, and now looks at these last.
alter table matching_passes disable trigger at_once;
insert into matching_passes (version, side, position, name, line_kind, target, days, office, sums, reason) values
  (0, 'post', 10, 'office_days', 'payment', 'payout', 31, true, 'days',
    'The amount is what {count} pay-outs of the office come to on days that follow each other, the first {days} days before.'),
  (0, 'post', 11, 'office_days_deposit', 'deposit', 'payout', 31, true, 'days',
    'The deposit is what {count} pay-outs of the office come to on days that follow each other, the first {days} days before.'),
  (0, 'post', 12, 'days', 'payment', 'payout', 31, false, 'days',
    'The amount is what {count} pay-outs of all offices come to on days that follow each other, the first {days} days before.'),
  (0, 'post', 13, 'days_deposit', 'deposit', 'payout', 31, false, 'days',
    'The deposit is what {count} pay-outs of all offices come to on days that follow each other, the first {days} days before.');
alter table matching_passes enable trigger at_once;
