-- Events are sealed in an order in which none can be passed over, although transactions commit in any order: by the transaction that wrote
-- them, and only when everything that began before it has ended. The platform does not choose the number: it may write every other column.
alter table audit_events add column written_by xid8 not null default pg_current_xact_id();
create index on audit_events (written_by);
revoke insert on audit_events from sanad_app;
grant insert (id, at, actor_id, actor_kind, key_id, command, subject_type, subject_id, programme_id, office_id, fund_id, before_digest, after_digest, reason,
  refusal, request_id) on audit_events to sanad_app;

-- The tree (RFC 9162): which event is which leaf, and the leaf's hash. Tables of the tree are only ever added to, and by the sealer alone.
create table audit_leaves (
  leaf_index bigint primary key check (leaf_index >= 0),
  event_id uuid not null constraint audit_leaves_event_once unique,
  hash bytea not null check (length(hash) = 32)
);
create trigger append_only before update or delete or truncate on audit_leaves execute function refuse_change();
create trigger event_known after insert on audit_leaves referencing new table as new_rows
  for each statement execute function refuse_orphans('event_id', 'audit_events', 'id');

create function refuse_gap() returns trigger language plpgsql as $$
begin
  if exists (select from (select min(leaf_index) as first, max(leaf_index) as last, count(*) as leaves from new_rows) n
      where n.leaves > 0 and (n.last - n.first + 1 <> n.leaves
        or n.first <> coalesce((select max(leaf_index) + 1 from audit_leaves where leaf_index < n.first), 0)
        or exists (select from audit_leaves where leaf_index > n.last))) then
    raise exception 'leaves are added at the end, one after another'
      using errcode = 'integrity_constraint_violation', constraint = 'audit_leaves_dense', table = 'audit_leaves';
  end if;
  return null;
end $$;
create trigger dense after insert on audit_leaves referencing new table as new_rows for each statement execute function refuse_gap();

-- The hash over each complete subtree of 256 leaves, of 256 × 256, and so on, so that a proof reads little of a large tree.
create table audit_nodes (
  level smallint not null check (level > 0 and level % 8 = 0),
  node_index bigint not null check (node_index >= 0),
  hash bytea not null check (length(hash) = 32),
  primary key (level, node_index)
);
create trigger append_only before update or delete or truncate on audit_nodes execute function refuse_change();

-- Public keys that heads were signed under, as NAME+ID+KEY.
create table audit_keys (
  verifier_key text primary key check (verifier_key ~ '^[^[:space:]+]+[+][0-9a-f]{8}[+][A-Za-z0-9+/=]{44}$'),
  first_used_at timestamptz not null
);
create trigger append_only before update or delete or truncate on audit_keys execute function refuse_change();

-- What was signed of the tree, again and again as it grows (C2SP tlog-checkpoint).
create table audit_heads (
  tree_size bigint primary key check (tree_size > 0),
  root bytea not null check (length(root) = 32),
  note text not null,
  verifier_key text not null references audit_keys,
  signed_at timestamptz not null,
  -- Every event that an earlier transaction than this one wrote in this database system has its leaf. 0: somebody has still to look through all.
  sealed_below xid8 not null,
  -- A restored dump stands in another system, whose numbers begin again.
  system_identifier bigint not null
);
create trigger append_only before update or delete or truncate on audit_heads execute function refuse_change();

create function refuse_head_of_other_tree() returns trigger language plpgsql as $$
begin
  if new.tree_size is distinct from (select max(leaf_index) + 1 from audit_leaves) then
    raise exception 'a head is of the whole tree as it stands'
      using errcode = 'integrity_constraint_violation', constraint = 'audit_heads_whole_tree', table = 'audit_heads';
  end if;
  return new;
end $$;
create trigger whole_tree before insert on audit_heads for each row execute function refuse_head_of_other_tree();

-- Who looked at whom, and alerts, are no commands: keeping one costs an insert and nothing else. Some time after they were written they are
-- digested by the thousand, in the order of their identifiers, which begin with the time. What is here is named in a sealed event by the digest
-- of all of it, its identifier. See src/audit/records.
create table record_seals (
  id text primary key check (id ~ '^[0-9a-f]{64}$'),
  records text not null check (records in ('person_reads', 'alerts')),
  number int not null check (number > 0),
  -- Whose identifiers come after this one (null: from the beginning), up to that.
  after_id uuid,
  up_to uuid not null check (up_to > after_id),
  row_count int not null check (row_count > 0),
  digest bytea not null check (length(digest) = 32),
  sealed_at timestamptz not null,
  constraint record_seals_once unique (records, number)
);
create trigger append_only before update or delete or truncate on record_seals execute function refuse_change();

create function refuse_stray_seal() returns trigger language plpgsql as $$
begin
  if row (new.number, new.after_id) is distinct from coalesce((select row (s.number + 1, s.up_to) from record_seals s
      where s.records = new.records order by s.number desc limit 1), row (1, null::uuid)) then
    raise exception 'a seal goes on where the last one ended'
      using errcode = 'integrity_constraint_violation', constraint = 'record_seals_in_order', table = 'record_seals';
  end if;
  return new;
end $$;
create trigger in_order before insert on record_seals for each row execute function refuse_stray_seal();

create trigger kept before delete or truncate on alerts execute function refuse_change();
