import { type Db, sql, type Tx } from '../../../platform/index.ts';
import type { PassSet } from '../types.ts';

type Row = Omit<PassSet, 'setAt'> & { readonly setAt: Date };

/** A programme's passes in a version, or as they are now: those that are shipped where it has set none. Undefined: no such version. */
export async function findPasses(db: Db, programmeId: string, version?: number): Promise<PassSet | undefined> {
  const row = await db.first<Row>(sql`
    select ${programmeId}::uuid as "programmeId", s.version, s.reason, s.set_by as "setBy", s.set_at as "setAt",
      (select jsonb_agg(jsonb_build_object('side', p.side, 'name', p.name, 'lineKind', p.line_kind, 'target', p.target, 'quotes', p.quotes,
          'serial', p.serial, 'tolerance', p.tolerance::text, 'days', p.days, 'office', p.office, 'document', p.document, 'sums', p.sums,
          'reason', p.reason) order by p.side desc, p.position)
        from matching_passes p where p.programme_id is not distinct from s.programme_id and p.version = s.version) as passes
    from matching_pass_sets s
    where (s.programme_id = ${programmeId} or s.programme_id is null) and (${version ?? null}::int is null or s.version = ${version ?? null})
    order by s.version desc limit 1`);
  return row && { ...row, setAt: row.setAt.toISOString() };
}

/** @throws Error by constraint `matching_pass_sets_version_once` when somebody else made this version */
export async function insertPasses(tx: Tx, { programmeId, version, reason, setBy, setAt, passes }: PassSet): Promise<void> {
  await tx.insert('matching_pass_sets', [{ programme_id: programmeId, version, reason, set_by: setBy, set_at: setAt }]);
  await tx.insert(
    'matching_passes',
    passes.map((pass, i) => ({
      programme_id: programmeId,
      version,
      side: pass.side,
      position: passes.slice(0, i + 1).filter(({ side }) => side === pass.side).length,
      name: pass.name,
      line_kind: pass.lineKind,
      target: pass.target,
      quotes: pass.quotes,
      serial: pass.serial,
      tolerance: pass.tolerance,
      days: pass.days,
      office: pass.office,
      document: pass.document,
      sums: pass.sums,
      reason: pass.reason,
    })),
  );
}
