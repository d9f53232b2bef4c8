-- What a line says is in the books once: as what it is matched with, or as a loss that somebody bore. Whoever matches a line and whoever decides about
-- one of its exceptions wait for each other at the exceptions, so that each sees what the other did.

-- What of a line is borne, or is to be as somebody proposes; what the bank sent back or is another's (0069) is explained so as well.
create function borne_of(line uuid) returns numeric language sql stable as $$
  select coalesce(sum(d.amount), 0) from exceptions e join exception_decisions d on d.exception_id = e.id
  where e.statement_line_id = line and d.kind in ('write_off', 'returned_by_bank', 'not_ours') and d.state <> 'refused' and d.undone_by is null
$$;

-- All lines of a batch go through an index together; hardly any has an exception.
create function refuse_match_of_borne() returns trigger language plpgsql as $$
declare
  named uuid[];
begin
  select array_agg(e.statement_line_id) into named from (
    select e.statement_line_id from exceptions e where e.statement_line_id = any(array(select n.statement_line_id from new_matches n))
    order by e.id for no key update) e;
  if exists (select from exceptions e join exception_decisions d on d.exception_id = e.id
      where e.statement_line_id = any(named) and d.kind in ('write_off', 'returned_by_bank', 'not_ours') and d.state <> 'refused' and d.undone_by is null) then
    perform refuse('statement_matches_not_borne', 'a line that was explained is matched once its exception is open again', 'statement_matches');
  end if;
  return null;
end $$;
create trigger not_borne after insert on statement_matches referencing new table as new_matches
  for each statement execute function refuse_match_of_borne();

-- What the bank carried out though it was called off was not posted.
create function refuse_loss_of_matched() returns trigger language plpgsql as $$
declare
  line statement_lines;
  matched numeric;
begin
  perform from exceptions e where e.id = new.exception_id for no key update;
  select l.* into line from exceptions e join statement_lines l on l.id = e.statement_line_id where e.id = new.exception_id;
  select sum(coalesce(p.amount, r.amount)) into matched from statement_match_targets t
    left join payouts p on t.target_type = 'payout' and p.id = t.target_id
    left join statement_targets r on t.target_type <> 'payout' and r.target_type = t.target_type and r.target_id = t.target_id
  where t.statement_line_id = line.id and r.called_off is not true;
  if matched + borne_of(line.id) > line.amount then
    perform refuse('exception_decisions_not_matched', 'what a line is matched with is not borne as well', 'exception_decisions');
  end if;
  return null;
end $$;
create trigger not_matched after insert or update of state on exception_decisions for each row
  when (new.kind in ('write_off', 'returned_by_bank', 'not_ours') and new.state <> 'refused') execute function refuse_loss_of_matched();
