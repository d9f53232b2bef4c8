import { forgetCases, oldCases } from '../feedback/index.ts';
import { emptyFiles, forgetSelfRegistrations, oldFiles, oldSelfRegistrations } from '../intake/index.ts';
import { forgetReferences, oldReferences } from '../messaging/index.ts';
import { forgetInterviews, oldInterviews } from '../monitoring/index.ts';
import { sql, type Tx } from '../platform/index.ts';
import type { Category } from './category.ts';

const counted = async (ids: readonly string[], work: Promise<void>) => {
  await work;
  return { dropped: ids.length };
};

async function forgetIdempotencyKeys(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`delete from idempotency_keys where (actor_id, key) in (
    select left(id, 36)::uuid, substr(id, 38) from unnest(${ids}::text[]) as id)`);
}

/** What is kept beside people: files, answers, references. */
export const recordCategories: readonly Category[] = [
  {
    name: 'staged_files',
    arePeople: false,
    due: ({ programmeId, before }) => oldFiles(programmeId ?? '', before),
    drop: ({ tx, now }, _place, ids) => counted(ids, emptyFiles(tx, ids, now)),
  },
  {
    name: 'self_registrations',
    arePeople: false,
    due: ({ before }) => oldSelfRegistrations(before),
    drop: ({ tx }, _place, ids) => counted(ids, forgetSelfRegistrations(tx, ids)),
  },
  {
    name: 'idempotency_answers',
    arePeople: false,
    due: ({ before }) => sql`select actor_id || '/' || key as id from idempotency_keys where created_at < ${before}`,
    drop: ({ tx }, _place, ids) => counted(ids, forgetIdempotencyKeys(tx, ids)),
  },
  {
    name: 'message_references',
    arePeople: false,
    due: ({ programmeId, before }) => oldReferences(programmeId ?? '', before),
    drop: ({ tx }, _place, ids) => counted(ids, forgetReferences(tx, ids)),
  },
  {
    name: 'feedback_cases',
    arePeople: false,
    due: ({ programmeId, before }) => oldCases(programmeId ?? '', before),
    drop: ({ tx, now }, _place, ids) => counted(ids, forgetCases(tx, ids, now)),
  },
  {
    name: 'survey_answers',
    arePeople: false,
    due: ({ programmeId, before }) => oldInterviews(programmeId ?? '', before),
    drop: ({ tx, now }, _place, ids) => counted(ids, forgetInterviews(tx, ids, now)),
  },
];
