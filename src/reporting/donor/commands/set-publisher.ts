import { command, problem } from '../../../platform/index.ts';
import { scopeOfFund } from '../preparing.ts';
import { findPublisher, type Publisher, upsertPublisher } from '../store/publishers.ts';

type Wanted = Omit<Publisher, 'version'> & { readonly fundId: string; readonly ifMatch: number };

/** Says who publishes on a fund and who gave it, as IATI knows them. @throws not_found; conflict when it has changed since */
export const setPublisher = command<Wanted, Publisher>({
  name: 'reporting.set_publisher',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, { fundId, ifMatch, ...publisher }) {
    const before = await findPublisher(tx, fundId);
    const version = ifMatch + 1;
    if ((before?.version ?? 0) !== ifMatch || !(await upsertPublisher(tx, fundId, { ...publisher, version }, actor.id, now)))
      throw problem.conflict('Somebody has changed it since you read it. Read it again.');
    return { result: { ...publisher, version }, subject: { type: 'fund', id: fundId }, before, after: publisher };
  },
});
