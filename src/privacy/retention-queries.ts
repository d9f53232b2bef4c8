import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem, sql } from '../platform/index.ts';
import type { Category } from './category.ts';
import { obstaclesOf } from './erasure-store.ts';
import { countDue, findRun, pageOfRules, pageOfRuns } from './retention-store.ts';
import { tasksAt } from './schedule.ts';
import type { RetentionPreview, RetentionRule, RetentionRun } from './types.ts';

const FIRST_SHOWN = 20;
const NAME = 'privacy.read_retention';

/** What would go if the schedule ran at this moment, and of the first people what would hold them back. */
export async function previewRetention(db: Db, known: readonly Category[], actor: Actor, now: Date): Promise<RetentionPreview> {
  authoriseRead(actor, NAME);
  authoriseRead(actor, NAME, {});
  const items: RetentionPreview['categories'][number][] = [];
  for (const { category, programmeId, keepDays, before } of await tasksAt(db, known, now)) {
    const { count, first } = await countDue(db, category.due({ programmeId, before }), category.arePeople ? FIRST_SHOWN : 0);
    const obstacles = await obstaclesOf(db, first);
    const people = first.map((beneficiaryId) => ({
      beneficiaryId,
      obstacles: [...new Set(obstacles.filter(({ record }) => record === beneficiaryId).map(({ obstacle }) => obstacle))],
    }));
    items.push({ category: category.name, programmeId, keepDays, before: before.toISOString(), count, people });
  }
  return { categories: items };
}

interface ListQuery {
  readonly category?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Every rule that was ever set for all programmes, or for one within the reader's scope, the latest first. */
export async function listRules(db: Db, actor: Actor, query: ListQuery): Promise<Page<RetentionRule>> {
  const within = scopeCondition(actor, NAME, { programme: sql`programme_id` });
  const { limit, after } = pageRequestById(query);
  return pageOfRules(db, sql`(programme_id is null or ${within})`, query.category, limit, after);
}

/** The runs of the schedule, the latest first. */
export async function listRuns(db: Db, actor: Actor, query: ListQuery): Promise<Page<RetentionRun>> {
  authoriseRead(actor, NAME, {});
  const { limit, after } = pageRequestById(query);
  return pageOfRuns(db, limit, after);
}

/** A run: what went, who, and whom it held back. @throws not_found */
export async function readRun(db: Db, actor: Actor, runId: string): Promise<RetentionRun> {
  authoriseRead(actor, NAME, {});
  const run = await findRun(db, runId);
  if (!run) throw problem.not_found('There is no such record.');
  return run;
}
