import { authoriseRead, scopeCondition } from '../access/index.ts';
import { type Actor, type Db, type Page, pageOf, pageRequestById, problem, type Scope } from '../platform/index.ts';
import { eventColumns } from './queries.ts';
import { eventsOf } from './store.ts';
import type { AuditEvent, Words } from './types.ts';
import { titleOf } from './words.ts';

export type StoryKind = 'person' | 'payment-list' | 'voucher';

/** Where a record belongs, and the subjects of every event of its life; undefined when there is no such record. */
export type RelatedSubjects = (
  db: Db,
  kind: StoryKind,
  id: string,
) => Promise<{ readonly scope: Scope; readonly subjectIds: readonly string[] } | undefined>;

/** An event with words for what was done. */
export interface StoryEvent {
  readonly title: Words;
  readonly event: AuditEvent;
}

const PAGE = 5_000;

/**
 * Everything that happened to a record and to whatever belongs to its life, oldest first.
 * @throws not_found when there is none within the actor's scope
 */
export async function readStory(
  db: Db,
  related: RelatedSubjects,
  actor: Actor,
  { kind, id, cursor }: { kind: StoryKind; id: string; cursor?: string | undefined },
): Promise<Page<StoryEvent>> {
  authoriseRead(actor, 'audit.read');
  const { after } = pageRequestById({ cursor });
  const found = await related(db, kind, id);
  if (!found) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'audit.read', found.scope);
  const subjectIds = [...new Set(found.subjectIds)];
  const events = await eventsOf(db, scopeCondition(actor, 'audit.read', eventColumns), subjectIds, PAGE + 1, after);
  return pageOf(
    events.map((event) => ({ title: titleOf(event.command), event })),
    PAGE,
    ({ event }) => event.id,
  );
}
