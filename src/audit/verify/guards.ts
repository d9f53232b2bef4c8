import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applicationRole, type Db, packageRoot, sql } from '../../platform/index.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';
import { type Guards, guardsIn } from './migration-guards.ts';

async function installedGuards(): Promise<Guards> {
  const folder = join(packageRoot, 'migrations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return guardsIn(await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8'))));
}

// Said as the migrations say it: `type` holds a bit for each event, and arguments are kept one after another, each with a zero behind it.
const standingTriggers = sql`
  select c.relname || '.' || t.tgname as name, concat_ws(' ',
    case when t.tgtype & 2 <> 0 then 'before' else 'after' end,
    case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 8 <> 0 then 'delete' end,
    case when t.tgtype & 16 <> 0 then 'update' end, case when t.tgtype & 32 <> 0 then 'truncate' end,
    'of (' || nullif((select string_agg(a.attname, ',' order by a.attname) from pg_attribute a
      where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr)), '') || ')',
    case when t.tgtype & 1 <> 0 then 'row' else 'statement' end, case when t.tgqual is not null then 'when' end,
    f.proname || '(' || trim(trailing ',' from replace(encode(t.tgargs, 'escape'), '\\000', ',')) || ')') as terms
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid
  where not t.tgisinternal and t.tgenabled in ('O', 'A') and c.relnamespace = 'public'::regnamespace`;

// What the role may do by whatever way: by itself, through another role, because everybody may, or because the table is its own.
const heldPrivileges = sql`
  select c.relname as table, lower(p.privilege) as privilege from pg_class c, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER']) as p (privilege)
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and has_table_privilege(${applicationRole}::name, c.oid, p.privilege)
  union all
  select c.relname, lower(p.privilege) || ' ' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid,
    unnest(array['INSERT', 'UPDATE']) as p (privilege)
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(${applicationRole}::name, c.oid, a.attnum, p.privilege)`;

/** Holds the database's triggers, constraints, functions and privileges against what the migrations say. */
export async function verifyGuards(db: Db): Promise<Finding<TrailFinding>[]> {
  const { triggers, constraints, functions, allows } = await installedGuards();
  const [standing, checked, bodies, held] = await Promise.all([
    db.all<{ name: string; terms: string }>(standingTriggers),
    db.all<{ name: string }>(sql`select conname as name from pg_constraint
      where convalidated and connamespace = 'public'::regnamespace
      union all select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisvalid`),
    db.all<{ name: string; body: string }>(
      sql`select proname as name, prosrc as body from pg_proc where pronamespace = 'public'::regnamespace`,
    ),
    db.all<{ table: string; privilege: string }>(heldPrivileges),
  ]);
  const termsOf = new Map(standing.map(({ name, terms }) => [name, terms]));
  const constraintsThere = new Set(checked.map(({ name }) => name));
  const bodyOf = new Map(bodies.map(({ name, body }) => [name, body]));
  const excessive = new Map<string, string[]>();
  for (const { table, privilege } of held) {
    if (!allows(table, privilege)) excessive.set(table, [...(excessive.get(table) ?? []), privilege]);
  }
  return [
    ...[...triggers].flatMap(([name, terms]) => {
      const there = termsOf.get(name);
      if (there === undefined) return finding('trigger_missing', 'trigger', name, 'it is gone or switched off');
      return there === terms ? [] : finding('trigger_changed', 'trigger', name, `it is "${there}" and not "${terms}"`);
    }),
    ...[...constraints]
      .filter((name) => !constraintsThere.has(name))
      .map((name) => finding('constraint_missing', 'constraint', name, 'it is gone')),
    ...[...functions]
      .filter(([name, body]) => bodyOf.get(name) !== body)
      .map(([name]) => finding('function_changed', 'function', name, 'its body is not the one of the migrations')),
    ...[...excessive].map(([table, privileges]) =>
      finding('privilege_excessive', 'table', table, `the role ${applicationRole} may ${privileges.sort().join(', ')}`),
    ),
  ];
}
