import { type Setting, shippedModel } from '../matching/index.ts';
import { type Db, type KeyRing, sql } from '../platform/index.ts';
import { FEWEST_PEOPLE, frequenciesOf } from './name-frequencies.ts';
import { storedModel } from './stored-model.ts';

/** With what the people of a programme are compared. */
export interface ProgrammeSetting extends Setting {
  /** 0 is the model that is shipped. */
  readonly modelVersion: number;
  readonly holdThreshold: string;
}

interface Row {
  readonly modelVersion: number | null;
  readonly definition: unknown;
  readonly people: number | null;
  readonly countedAt: Date | null;
  readonly holdThreshold: string;
}

/** The model, the names and the size of a programme as they are now. */
export async function settingOf(db: Db, keyRing: KeyRing, programmeId: string): Promise<ProgrammeSetting> {
  const row = await db.first<Row>(sql`
    select m.version as "modelVersion", m.definition, c.people, c.counted_at as "countedAt", p.hold_threshold::text as "holdThreshold"
    from programmes p
    left join name_counts c on c.programme_id = p.id
    left join lateral (select model_id from matching_model_uses u where u.programme_id = p.id order by u.used_from desc, u.id desc limit 1) used on true
    left join matching_models m on m.id = used.model_id
    where p.id = ${programmeId}`);
  if (!row) throw new Error('people are compared within a programme');
  const { modelVersion, definition, people, countedAt, holdThreshold } = row;
  return {
    model: modelVersion === null ? shippedModel : storedModel(definition),
    modelVersion: modelVersion ?? 0,
    holdThreshold,
    // Among a few people nobody knows how many come twice; as many are assumed as in a programme that has begun.
    population: Math.max(people ?? 0, FEWEST_PEOPLE),
    frequencies: await frequenciesOf(db, keyRing, programmeId, countedAt),
  };
}

/** What comparisons go by: who was entered last, the programme with its threshold, and the weights in use. */
export async function basisOf(db: Db, programmeId: string): Promise<string> {
  const row = await db.first<{ basis: string }>(sql`
    select concat_ws('/', p.version, (select id from matching_model_uses u where u.programme_id = p.id order by u.used_from desc, u.id desc limit 1),
      (select beneficiary_id from enrolments where programme_id = p.id order by beneficiary_id desc limit 1)) as basis
    from programmes p where p.id = ${programmeId}`);
  return row?.basis ?? '';
}
