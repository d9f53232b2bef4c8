import { raiseAlert } from '../access/index.ts';
import { type Actor, type Problem, problem, sql, type Tx } from '../platform/index.ts';
import { say } from './words.ts';

/** How much of people's data one user may take out in a day (UTC). */
export interface ExportLimits {
  /** Above these an alert is raised, once for each. */
  readonly alertAbove: { readonly exports: number; readonly people: number };
  /** And what goes beyond these is refused. */
  readonly atMost: { readonly exports: number; readonly people: number };
}

/** What is taken out, and how whoever takes too much of it is told of. */
const kinds = {
  export: {
    many: 'beneficiaries.many_exports',
    refused: 'beneficiaries.export_refused',
    detail: say('exported_enough'),
  },
  subject_file: {
    many: 'privacy.many_subject_files',
    refused: 'privacy.subject_file_refused',
    detail: say('told_enough'),
  },
} as const;

interface Counts {
  readonly exports: number;
  readonly people: number;
}

const startOfDay = (now: Date): Date => new Date(Math.floor(now.getTime() / 86_400_000) * 86_400_000);

/**
 * Counts an export, or one person's own file, against whoever takes it, and raises an alert when they go over a limit.
 * @returns why it is refused, when it would go beyond what a user may take; nothing has been counted then, and the caller commits the alert
 */
export async function countExport(
  tx: Tx,
  now: Date,
  { actor, people, programmeId, kind = 'export' }: { actor: Actor; people: number; programmeId: string; kind?: keyof typeof kinds },
  { alertAbove, atMost }: ExportLimits,
): Promise<Problem | undefined> {
  const day = startOfDay(now);
  const counted = await tx.first<Counts>(sql`insert into export_counts (user_id, day, kind, exports, people)
    select ${actor.id}::uuid, (${day}::timestamptz at time zone 'UTC')::date, ${kind}::text, 1, ${people}::bigint where ${people}::bigint <= ${atMost.people}::bigint
    on conflict (user_id, day, kind) do update set exports = export_counts.exports + 1, people = export_counts.people + excluded.people
      where export_counts.exports < ${atMost.exports} and export_counts.people + excluded.people <= ${atMost.people}::bigint
    returning exports, people::float8 as people`);
  const { many, refused, detail } = kinds[kind];
  const alert = (of: string, facts: Counts) =>
    raiseAlert(tx, now, {
      kind: of,
      subject: { type: 'user', id: actor.id },
      by: actor.id,
      programmeId,
      facts: { ...facts, day: day.toISOString().slice(0, 10) },
    });
  if (!counted) {
    if (!(await wasRaised(tx, actor.id, refused, day))) await alert(refused, { exports: 1, people });
    return problem.too_many_requests(detail);
  }
  const before = { exports: counted.exports - 1, people: counted.people - people };
  const isCrossed = (['exports', 'people'] as const).some((of) => before[of] <= alertAbove[of] && counted[of] > alertAbove[of]);
  if (isCrossed) await alert(many, counted);
  return undefined;
}

const wasRaised = async (tx: Tx, userId: string, kind: string, since: Date): Promise<boolean> =>
  (await tx.first(sql`select from alerts where subject_id = ${userId} and kind = ${kind} and at >= ${since}`)) !== undefined;
