import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, type Page, pageRequestById, problem } from '../platform/index.ts';
import { scopeOfList } from '../vouchers/index.ts';
import { countsOfList, countsOfProgramme, pageOfDeadLetters, pageOfMessages } from './message-store.ts';
import type { MessageState } from './rules.ts';
import type { DeadReason, Message, MessageCounts } from './types.ts';

/** The messages of a payment list. @throws not_found when there is no such list within the actor's scope */
export async function listMessages(
  db: Db,
  actor: Actor,
  listId: string,
  query: { state?: MessageState; limit?: number; cursor?: string },
): Promise<Page<Message>> {
  await admitToList(db, actor, listId);
  const { limit, after } = pageRequestById(query);
  return pageOfMessages(db, listId, query.state, limit, after);
}

async function admitToList(db: Db, actor: Actor, listId: string): Promise<void> {
  authoriseRead(actor, 'messaging.read');
  const scope = await scopeOfList(db, listId);
  if (!scope) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'messaging.read', scope);
}

/** How many messages of a list are in each state. @throws not_found as {@link listMessages} */
export async function countListMessages(db: Db, actor: Actor, listId: string): Promise<MessageCounts> {
  await admitToList(db, actor, listId);
  return countsOfList(db, listId);
}

/** How many messages of a programme are in each state, and why how many did not arrive. */
export function countProgrammeMessages(db: Db, actor: Actor, programmeId: string): Promise<MessageCounts> {
  authoriseRead(actor, 'messaging.read', { programme: programmeId });
  return countsOfProgramme(db, programmeId);
}

/** The messages of a programme that did not arrive and that nobody has dealt with. */
export async function listDeadLetters(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { reason?: DeadReason; limit?: number; cursor?: string },
): Promise<Page<Message>> {
  authoriseRead(actor, 'messaging.read', { programme: programmeId });
  const { limit, after } = pageRequestById(query);
  return pageOfDeadLetters(db, programmeId, query.reason, limit, after);
}
