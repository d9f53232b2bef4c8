import { openMatchProfile } from '../beneficiaries/index.ts';
import type { Profile } from '../matching/index.ts';
import { type Db, type KeyRing, Recent, sql } from '../platform/index.ts';

/** How many opened profiles a process keeps at hand at least, some two kilobytes each. */
const KEPT = 5_000;

interface Kept {
  readonly version: string;
  readonly profile: Profile;
}

/** A profile as it is kept. The transaction that wrote the row last is as good as a version of it. */
export interface SealedProfile {
  readonly id: string;
  readonly version: string;
  readonly sealed: Buffer;
}

/** Opens the profiles of people, and keeps those at hand that were used last. What is kept is shown only while the row is unchanged. */
export class Profiles {
  readonly #keyRing: KeyRing;
  readonly #kept = new Recent<string, Kept>(KEPT);

  constructor(keyRing: KeyRing) {
    this.#keyRing = keyRing;
  }

  /** @returns the profiles by person; those who have none in the programme, or none at all, are left out */
  async of(db: Db, programmeId: string, ids: readonly string[]): Promise<Map<string, Profile>> {
    if (ids.length === 0) return new Map();
    const kept = new Map(ids.map((id) => [id, this.#kept.get(id)]));
    const rows = await db.all<Omit<SealedProfile, 'sealed'> & { sealed: Buffer | null }>(sql`
      select p.beneficiary_id as id, p.xmin::text as version, case when p.xmin::text is distinct from k.version then p.profile end as sealed
      from unnest(${ids}::uuid[], ${ids.map((id) => kept.get(id)?.version ?? null)}::text[]) as k (id, version)
      join match_profiles p on p.beneficiary_id = k.id where p.programme_id = ${programmeId}`);
    return new Map(
      rows.map(({ id, version, sealed }) => [id, sealed ? this.#open({ id, version, sealed }) : (kept.get(id) as Kept).profile]),
    );
  }

  /** Opens profiles that have been read. */
  opened(rows: readonly SealedProfile[]): { id: string; profile: Profile }[] {
    return rows.map((row) => {
      const kept = this.#kept.get(row.id);
      return { id: row.id, profile: kept?.version === row.version ? kept.profile : this.#open(row) };
    });
  }

  #open({ id, version, sealed }: SealedProfile): Profile {
    const profile = openMatchProfile(this.#keyRing, id, sealed);
    this.#kept.set(id, { version, profile });
    return profile;
  }
}
