import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Db, Money, placesWrong, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { defaults } from './defaults.ts';
import { faultsOfText } from './faults.ts';
import { officeName, type Recipients, recipientsOf } from './preview-store.ts';
import { render } from './render.ts';
import { type Measured, measure } from './segments.ts';
import { ownNames, presentText } from './template-store.ts';
import { type Language, languages, type ProgrammeKind } from './types.ts';
import { sampleValues } from './variables.ts';

type Amount = ReturnType<Money['toJSON']>;

/** What a message will look like in one language, and what it costs. */
export interface Preview extends Measured {
  readonly language: Language;
  /** With values that are nobody's. */
  readonly text: string;
  /** Of one message; null where the programme does not know the price of a segment. */
  readonly costPerMessage: Amount | null;
  /** How many people of the list are written to in it; null without a list. */
  readonly people: number | null;
  /** Of the messages to all of them. */
  readonly cost: Amount | null;
}

interface Asked {
  readonly programmeId: string;
  readonly kind: ProgrammeKind;
  /** Texts that are not saved; a language that is left out shows the one that is. */
  readonly texts?: Readonly<Partial<Record<Language, string | undefined>>> | undefined;
  /** A payment list whose messages are to be priced. */
  readonly listId?: string | undefined;
  /** The only office that would pay: how a reminder names it. */
  readonly officeId?: string | undefined;
}

/**
 * What the messages of a kind look like and cost, as they are saved or as somebody would write them.
 * @throws not_found when there is no such programme, list or office within the actor's scope; unprocessable naming what could not be saved
 */
export async function previewTexts(
  db: Db,
  actor: Actor,
  { programmeId, kind, texts = {}, listId, officeId }: Asked,
): Promise<{ previews: Preview[]; cost: Amount | null }> {
  authoriseRead(actor, 'messaging.preview_texts', { programme: programmeId });
  const { currency, messages } = (await programmeById(db, programmeId)).programme;
  const recipients = listId === undefined ? undefined : await recipientsOf(db, programmeId, listId);
  if (listId !== undefined && !recipients) throw problem.not_found('There is no such record.');
  const office = officeId === undefined ? undefined : await officeName(db, officeId);
  if (officeId !== undefined && !office) throw problem.not_found('There is no such record.');
  const names = await ownNames(db, programmeId);
  const faults = languages.flatMap((language) => {
    const text = texts[language];
    const found = text === undefined ? [] : faultsOfText(text, { kind, language, currency, ownNames: names });
    return found.map(({ detail }) => ({ pointer: `/texts/${language}`, detail }));
  });
  if (faults.length > 0) throw placesWrong(faults);
  const price = messages.segmentPrice && Money.of(messages.segmentPrice.amount, messages.segmentPrice.currency);
  const priced = await Promise.all(
    languages.map(async (language) => {
      const text = texts[language] ?? (await presentText(db, { programmeId, kind, language })).text ?? defaults[kind][language];
      const values = sampleValues(kind, language, { currency, amount: recipients?.largest, office });
      return previewOf(language, render(text, values), price, recipients);
    }),
  );
  const costs = priced.flatMap(({ cost }) => (cost ? [cost] : []));
  return {
    previews: priced.map(({ cost, costPerMessage, ...preview }) => ({
      ...preview,
      costPerMessage: costPerMessage?.toJSON() ?? null,
      cost: cost?.toJSON() ?? null,
    })),
    cost: price && recipients ? Money.sum(costs, price.currency).toJSON() : null,
  };
}

function previewOf(language: Language, text: string, price: Money | null, recipients: Recipients | undefined) {
  const measured = measure(text);
  const people = recipients?.people[language] ?? null;
  const costPerMessage = price?.times(measured.segments) ?? null;
  return { language, text, ...measured, people, costPerMessage, cost: people === null ? null : (costPerMessage?.times(people) ?? null) };
}
