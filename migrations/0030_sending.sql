-- The ways by which messages leave. An administrator sets them up; what opens them is sealed.
create table gateways (
  id uuid primary key,
  name text not null constraint gateways_name_once unique check (length(name) between 1 and 60),
  kind text not null check (kind in ('outbox', 'http', 'twilio', 'africas_talking', 'smpp')),
  -- The lowest that works takes everything; the next stands in for it.
  position int not null check (position between 1 and 1000),
  per_second int not null check (per_second between 1 and 10000),
  settings jsonb not null check (jsonb_typeof(settings) = 'object'),
  credentials bytea not null,
  enabled boolean not null default false,
  -- Everybody to whom it is owed where messages would go, and who has confirmed that as it stands now.
  changed_by uuid[] not null check (cardinality(changed_by) between 1 and 100),
  enabled_by uuid,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  -- All codes of all programmes leave by a gateway: nobody leads them somewhere alone.
  constraint gateways_two_people check (not enabled or (enabled_by is not null and enabled_by <> all (changed_by)))
);
create index on gateways (position, id) where enabled;
grant update (name, position, per_second, settings, credentials, enabled, changed_by, enabled_by, version) on gateways to sanad_app;
-- What somebody confirmed stays as it is while it counts as confirmed. Keys that rotate seal the same credentials anew, in the same version.
create trigger confirmed_stays before update on gateways for each row
  when (old.enabled_by is not null and new.enabled_by <> all (new.changed_by)
    and ((new.position, new.settings, new.changed_by) is distinct from (old.position, old.settings, old.changed_by)
      or (new.version <> old.version and new.credentials <> old.credentials)))
  execute function refuse_going_back();
-- Who has had a hand in what nobody has confirmed is left out only by whoever gives all of it anew.
create trigger hands_stay before update on gateways for each row
  when (old.enabled_by is null and not new.changed_by @> old.changed_by and new.credentials = old.credentials)
  execute function refuse_going_back();
create trigger no_delete before delete or truncate on gateways execute function refuse_change();

alter table messages add foreign key (gateway_id) references gateways, add foreign key (wanted_gateway_id) references gateways;

-- How fast messages leave, for all workers together, and whether a gateway answers. Apart from its settings, for it changes all the time.
create table gateway_paces (
  gateway_id uuid primary key references gateways,
  -- The first moment that is still free, by the database's clock, which all workers share.
  free_at timestamptz not null default '-infinity',
  -- How many have come to nothing since it last answered, and until when it is left alone.
  failures int not null default 0 check (failures >= 0),
  closed_until timestamptz
);
create trigger free_stays before update on gateway_paces for each row when (new.free_at < old.free_at) execute function refuse_going_back();
grant update (free_at, failures, closed_until) on gateway_paces to sanad_app;

-- What a gateway said of a message before we knew under which name it has it, kept until then.
create table message_receipts (
  gateway_id uuid not null references gateways,
  reference text not null check (length(reference) between 1 and 128),
  status text not null check (status in ('delivered', 'undelivered')),
  reported_at timestamptz not null,
  received_at timestamptz not null,
  primary key (gateway_id, reference, status)
);
create index on message_receipts (received_at);
grant delete on message_receipts to sanad_app;
