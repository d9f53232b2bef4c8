import { plainText } from '../beneficiaries/index.ts';
import { problem } from '../platform/index.ts';
import type { AnswersByPath, Submission } from './kobo-submission.ts';
import { relationshipOf } from './vocabulary.ts';

const MOST_COLUMNS = 1_000;
/** Words of questions that only one person answers for themselves: who they are, what paper they hold, how they are. */
const names = /\b(?:name|names|nom|noms|prenoms?|surname|forename)\b|الاسم|اسم|اللقب/;
const personal =
  /\b(?:birth|naissance|dob|age|sexe?|gender|genre|documents?|passports?|passeport|(?<!household |hh |menage |foyer )id|nin|cin|pregnant|enceinte|breastfeeding|allaitante|disab\w*|handicap\w*|health|sante|chronic|chronique|medic\w*|seeing|hearing|walking|remembering|self care|communicating|voir|entendre|marcher|traffick\w*|traite|photo)\b|الميلاد|الجنس|وثيقة|جواز|حامل|اعاقة|صحية/;
/** Places and people that have names too and are not the person. */
const othersNames =
  /\b(?:enumerator|enqueteur|interviewer|agent|village|commune|camp|site|centre|center|wilaya|office|bureau|project|projet|household name|nom du menage)\b|القرية|البلدية|الولاية|المخيم|المركز|المشروع/;
const relationships = /\b(?:relation\w*|lien|parente|kinship)\b|صلة|القرابة/;

const words = (path: string): string => plainText(leafOf(path).replaceAll('_', ' '));
const leafOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const isName = (path: string): boolean => names.test(words(path)) && !othersNames.test(words(path));
const isPersonal = (path: string): boolean => isName(path) || personal.test(words(path)) || isRelationship(path);
const isRelationship = (path: string): boolean => relationships.test(words(path));

/** What a form asks, learnt from all its submissions: those leave out what was not answered. */
export class Form {
  readonly #ofHousehold = new Set<string>();
  /** By the path of the repeated group. */
  readonly #ofMembers = new Map<string, Set<string>>();

  learn({ answers, repeats }: Submission): void {
    for (const path of answers.keys()) this.#ofHousehold.add(path);
    for (const [group, entries] of repeats) {
      const paths = this.#ofMembers.get(group) ?? new Set();
      this.#ofMembers.set(group, paths);
      for (const entry of entries) for (const path of entry.keys()) paths.add(path);
    }
    const asked = [...this.#ofMembers.values()].reduce((count, { size }) => count + size, this.#ofHousehold.size);
    if (asked > MOST_COLUMNS) throw problem.unprocessable(`The form asks more than ${MOST_COLUMNS} questions. Export fewer of them.`);
  }

  layout(): FormLayout {
    // A group that is repeated is about people when it asks a name.
    const members = new Map([...this.#ofMembers].filter(([, paths]) => [...paths].some(isName)));
    const memberPaths = [...members.values()].flatMap((paths) => [...paths]);
    const columnOf = new Map([...columnsOf([...this.#ofHousehold]), ...columnsOf(memberPaths)]);
    const asked = [...new Set(columnOf.values())];
    return {
      columnOf,
      asked,
      groups: [...members.keys()],
      ofOnePerson: new Set([
        ...columnsOf(memberPaths).values(),
        ...[...this.#ofHousehold].filter(isPersonal).map((path) => columnOf.get(path) ?? path),
      ]),
      relationship: asked.find((column) => isRelationship(column)) ?? 'relationship',
    };
  }
}

/** How the answers of a form become the columns of a table. */
export interface FormLayout {
  /** The column of each question, by its path. */
  readonly columnOf: ReadonlyMap<string, string>;
  /** Every column, in the order of the form as far as it shows. */
  readonly asked: readonly string[];
  /** The repeated groups that are about people. */
  readonly groups: readonly string[];
  /** Columns that say something of one person and are never taken over for another. */
  readonly ofOnePerson: ReadonlySet<string>;
  /** The column that says how somebody is related to the head. */
  readonly relationship: string;
}

// The last part of a path, as the form calls the question; the whole path where two groups call a question the same.
function columnsOf(paths: readonly string[]): Map<string, string> {
  const count = new Map<string, number>();
  for (const path of paths) count.set(leafOf(path), (count.get(leafOf(path)) ?? 0) + 1);
  return new Map(paths.map((path) => [path, count.get(leafOf(path)) === 1 ? leafOf(path) : path]));
}

type Row = ReadonlyMap<string, string>;

const inColumns = ({ columnOf }: FormLayout, answers: AnswersByPath): Map<string, string> =>
  new Map([...answers].map(([path, text]) => [columnOf.get(path) ?? path, text]));

/**
 * The people of a submission, the head first, the answers of the household with each. What a form that does not ask the head apart asks of
 * one person outside the members is the head's. Who is who is seen from the submission alone, whatever others of its form answer.
 */
export function peopleOf(layout: FormLayout, { answers, repeats }: Submission): Row[] {
  const { relationship, ofOnePerson } = layout;
  const household = inColumns(layout, answers);
  const entries = [...repeats].flatMap(([group, members]) => (layout.groups.includes(group) ? members : []));
  const asHead = (row: Row): Row => new Map([...row, [relationship, row.get(relationship) ?? 'head']]);
  if (entries.length === 0) return [asHead(household)];
  const shared = [...household].filter(([column]) => !ofOnePerson.has(column));
  const asMember = (entry: AnswersByPath): Row => new Map([...shared, ...inColumns(layout, entry)]);
  const asOther = (entry: AnswersByPath): Row => withRelationship(asMember(entry), relationship, 'other');
  const namesApart = new Set([...answers.keys()].filter(isName).map(leafOf));
  if (entries.some((entry) => [...entry.keys()].some((path) => namesApart.has(leafOf(path))))) {
    return [asHead(household), ...entries.map(asOther)];
  }
  const head = Math.max(0, entries.findIndex(isHead));
  const others = entries.filter((_entry, i) => i !== head);
  const unsaid = layout.asked.includes(relationship) ? undefined : 'head';
  return [
    withRelationship(new Map([...household, ...asMember(entries[head] as AnswersByPath)]), relationship, unsaid),
    ...others.map((entry) => (unsaid ? asOther(entry) : asMember(entry))),
  ];
}

const isHead = (entry: AnswersByPath): boolean =>
  [...entry].some(([path, text]) => isRelationship(path) && relationshipOf(text) === 'head');

const withRelationship = (row: Row, column: string, word: string | undefined): Row =>
  row.has(column) || word === undefined ? row : new Map([...row, [column, word]]);
