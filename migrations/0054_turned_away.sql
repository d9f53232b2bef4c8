-- What keeps one message from arriving keeps the others from nothing.
alter table messages
  -- From when its text counts the last day: when it left for the first time, or for the first time since a person put it on its way again.
  add column dated_at timestamptz,
  -- When it came to nothing last.
  add column tried_at timestamptz,
  -- How often in a row a gateway that takes others has turned it away, and the gateways that have done so five times.
  add column turned_away smallint not null default 0 constraint messages_turned_away check (turned_away between 0 and 4),
  add column passed_by uuid[] constraint messages_passed_by check (cardinality(passed_by) > 0);
-- Those that are pending were dated by their making, and a repeat says the same.
update messages set dated_at = created_at where state = 'pending' and last_error in ('no_answer', 'refused_for_now', 'unreachable');
-- Whose messages come to nothing: another programme's tries a gateway that was left alone.
create index messages_came_to_nothing on messages (list_id) where state = 'pending' and last_error in ('unreachable', 'turned_away', 'no_answer');
grant update (dated_at, tried_at, turned_away, passed_by) on messages to sanad_app;

-- When a gateway took a message last.
alter table gateway_paces add column took_at timestamptz;
grant update (took_at) on gateway_paces to sanad_app;
