import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, type Page, pageRequest } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { type Template, templateOf } from './template.ts';
import { pageOfTexts, presentText, type TextPlace } from './template-store.ts';
import { type Language, languages, type ProgrammeKind, programmeKinds } from './types.ts';

type OfProgramme = TextPlace & { readonly programmeId: string; readonly kind: ProgrammeKind };

async function authoriseTexts(db: Db, actor: Actor, programmeId: string): Promise<void> {
  authoriseRead(actor, 'messaging.read_templates', { programme: programmeId });
  await programmeById(db, programmeId);
}

/** The texts of a programme, of each kind in each language. @throws not_found when there is none, or none within the actor's scope */
export async function listTemplates(db: Db, actor: Actor, programmeId: string): Promise<{ items: Template[] }> {
  await authoriseTexts(db, actor, programmeId);
  const places = programmeKinds.flatMap((kind) => languages.map((language): TextPlace => ({ programmeId, kind, language })));
  return { items: await shown(db, places) };
}

/** One text of a programme. @throws as {@link listTemplates} */
export async function readTemplate(db: Db, actor: Actor, place: OfProgramme): Promise<Template> {
  await authoriseTexts(db, actor, place.programmeId);
  return templateOf(place, await presentText(db, place));
}

/** Every version of a text of a programme, newest first. @throws as {@link listTemplates} */
export async function listTemplateVersions(
  db: Db,
  actor: Actor,
  place: OfProgramme,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<Template>> {
  await authoriseTexts(db, actor, place.programmeId);
  const { limit, after } = pageRequest(query, (key) => /^\d{1,9}$/.test(key));
  const { items, nextCursor } = await pageOfTexts(db, place, limit, after === undefined ? undefined : Number(after));
  return { items: items.map((written) => templateOf(place, written)), nextCursor };
}

/** The platform's own texts, in each language. */
export async function listProofTemplates(db: Db, actor: Actor): Promise<{ items: Template[] }> {
  authoriseRead(actor, 'messaging.read_proof_templates');
  return {
    items: await shown(
      db,
      languages.map((language) => ({ programmeId: null, kind: 'proof', language })),
    ),
  };
}

/** One of the platform's own texts. */
export async function readProofTemplate(db: Db, actor: Actor, language: Language): Promise<Template> {
  authoriseRead(actor, 'messaging.read_proof_templates');
  const place: TextPlace = { programmeId: null, kind: 'proof', language };
  return templateOf(place, await presentText(db, place));
}

const shown = (db: Db, places: readonly TextPlace[]): Promise<Template[]> =>
  Promise.all(places.map(async (place) => templateOf(place, await presentText(db, place))));
