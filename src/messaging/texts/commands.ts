import { brokenConstraint, type CommandContext, command, placesWrong, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { say } from '../words.ts';
import { faultsOfText } from './faults.ts';
import { type Template, templateOf } from './template.ts';
import { insertText, ownNames, presentText, type TextPlace } from './template-store.ts';
import type { Language, ProgrammeKind } from './types.ts';

interface Writing {
  readonly language: Language;
  /** The number of the text that the caller has read. */
  readonly version: number;
  /** Null goes back to the text that is shipped. */
  readonly text: string | null;
}

const OF_NO_PROGRAMME = 'XXX';

/**
 * Writes a programme's own text, or goes back to the one that is shipped. Messages that were made before keep theirs.
 * @throws not_found; conflict when somebody wrote another meanwhile; unprocessable naming every place that is wrong
 */
export const changeTemplate = command<Writing & { readonly programmeId: string; readonly kind: ProgrammeKind }, Template>({
  name: 'messaging.change_template',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, kind, ...writing }) {
    const { currency } = (await programmeById(context.tx, programmeId)).programme;
    const { before, after } = await write(context, { programmeId, kind, language: writing.language }, writing, currency);
    return { result: after, subject: { type: 'programme', id: programmeId }, before, after, reason: `${kind}, ${writing.language}` };
  },
});

/** As {@link changeTemplate}, for the text by which somebody proves that a telephone is theirs. */
export const changeProofTemplate = command<Writing, Template>({
  name: 'messaging.change_proof_template',
  scope: () => ({}),
  async run(context, writing) {
    const { before, after } = await write(
      context,
      { programmeId: null, kind: 'proof', language: writing.language },
      writing,
      OF_NO_PROGRAMME,
    );
    return { result: after, subject: { type: 'message_template', id: `proof/${writing.language}` }, before, after };
  },
});

async function write({ tx, actor, now }: CommandContext, place: TextPlace, { version, text }: Writing, currency: string) {
  const before = await presentText(tx, place);
  if (before.number !== version) throw changed();
  const { kind, programmeId } = place;
  const faults =
    text === null ? [] : faultsOfText(text, { kind, language: place.language, currency, ownNames: await ownNames(tx, programmeId) });
  if (faults.length > 0) throw placesWrong(faults);
  const number = version + 1;
  try {
    await insertText(tx, place, { number, text, by: actor.id, at: now });
  } catch (error) {
    if (/^message_templates_(?:next|one_each)$/.test(brokenConstraint(error) ?? '')) throw changed();
    throw error;
  }
  return { before: templateOf(place, before), after: templateOf(place, { number, text, madeBy: actor.id, madeAt: now }) };
}

const changed = () => problem.conflict(say('text_changed'));
