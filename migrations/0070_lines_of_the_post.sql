-- As in 0038, and of the post's statements alone: what the bank says of a pay-out does not say that the post lists it. A line that is one pay-out says
-- what that came to; one that is several comes to what these do.
create or replace view payout_lines as
  select t.target_id as payout_id, t.statement_line_id, case t.part when 0 then l.amount end as stated
  from statement_match_targets t join statement_lines l on l.id = t.statement_line_id join statements s on s.id = l.statement_id and s.source = 'post'
  where t.target_type = 'payout';
