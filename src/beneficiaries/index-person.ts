import { type CommandContext, sql } from '../platform/index.ts';
import { type Compared, matchProfileRow } from './match-profile.ts';
import type { Place } from './types.ts';

/** Makes a person who has changed be found under what they are now; whoever runs the command compares them with everybody after it. */
export async function indexPerson(
  { tx, keyRing }: CommandContext,
  programmeId: string,
  id: string,
  compared: Compared,
  home: Place,
): Promise<void> {
  const {
    profile,
    blocking_keys: blocking,
    search_keys: search,
    keys_version: version,
  } = matchProfileRow(keyRing, programmeId, id, compared, home);
  await tx.run(sql`update match_profiles set profile = ${profile}, blocking_keys = ${blocking}::bigint[], search_keys = ${search}::bigint[],
      keys_version = ${version}, revision = revision + 1
    where beneficiary_id = ${id}`);
}
