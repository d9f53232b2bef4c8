import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, problem, Versioned } from '../platform/index.ts';
import { findMapping, type Mapping } from './mapping-store.ts';
import type { AccountKind, EntryEvent } from './types.ts';

/**
 * How a programme's accounts are written in the agency's own books: now, or as of an earlier version.
 * @throws not_found when there is no such version
 */
export async function readMapping(db: Db, actor: Actor, programmeId: string, version: number | undefined): Promise<Versioned<Mapping>> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const mapping = await findMapping(db, programmeId, version);
  if (mapping) return new Versioned(mapping, mapping.version);
  if (version !== undefined) throw problem.not_found('There is no such record.');
  return new Versioned({ programmeId, version: 0, reason: null, madeBy: null, madeAt: null, funds: [], codes: [] }, 0);
}

/** The code of a leg: the one for its event on its account, or else the account's; undefined when neither has one. */
export function codeFinder({ codes }: Mapping): (kind: AccountKind, event: EntryEvent) => string | undefined {
  const known = new Map(codes.map(({ kind, event, glCode }) => [`${kind}/${event ?? ''}`, glCode]));
  return (kind, event) => known.get(`${kind}/${event}`) ?? known.get(`${kind}/`);
}
