import { type Db, problem, type Scope } from '../platform/index.ts';
import { scopeOfList } from '../vouchers/index.ts';

/** What happened to one list, as the trail keeps it. */
export interface ListEvent {
  readonly subject: { readonly type: string; readonly id: string };
  readonly scope: Scope;
  readonly after: unknown;
}

/** One event for each list of some messages, where that list belongs. */
export async function eventsByList(db: Db, messages: readonly { readonly listId: string }[]): Promise<ListEvent[]> {
  const events: ListEvent[] = [];
  for (const id of new Set(messages.map(({ listId }) => listId))) {
    const scope = await scopeOfList(db, id);
    if (!scope) throw problem.not_found('There is no such record.');
    events.push({ subject: { type: 'payment_list', id }, scope, after: messages.filter(({ listId }) => listId === id) });
  }
  return events;
}
