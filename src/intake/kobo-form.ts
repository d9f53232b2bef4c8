import { plainText } from '../beneficiaries/index.ts';
import { problem } from '../platform/index.ts';
import type { Answered, AnswersByPath, Submission } from './kobo-submission.ts';
import { UNREADABLE } from './rows.ts';
import { relationshipOf } from './vocabulary.ts';
import { say } from './words.ts';

const MOST_COLUMNS = 1_000;
/** Words of questions that only one person answers for themselves: who they are, what paper they hold, how they are. */
const names = /\b(?:name|names|nom|noms|prenoms?|surname|forename)\b|الاسم|اسم|اللقب/;
const personal =
  /\b(?:birth|naissance|dob|age|sexe?|gender|genre|documents?|passports?|passeport|(?<!household |hh |menage |foyer )id|nin|cin|pregnant|enceinte|breastfeeding|allaitante|disab\w*|handicap\w*|health|sante|chronic|chronique|medic\w*|seeing|hearing|walking|remembering|self care|communicating|voir|entendre|marcher|traffick\w*|traite|photo)\b|الميلاد|الجنس|وثيقة|جواز|حامل|اعاقة|صحية/;
/** Places and people that have names too and are not the person. */
const othersNames =
  /\b(?:enumerator|enqueteur|interviewer|agent|village|commune|camp|site|centre|center|wilaya|office|bureau|project|projet|school|ecole|documents?|passports?|passeport|household name|nom du menage)\b|القرية|البلدية|الولاية|المخيم|المركز|المشروع/;
/** What a person may have several of, in the columns of one row. */
const papers =
  /\b(?:documents?|passports?|passeports?|papers?|papiers?|nin|cin|id (?:number|type|card)|phones?|telephones?|mobiles?)\b|وثيقة|وثائق|هاتف/;
const MOST_PAPERS = 3;
/** Words that say whose answer it is and not which. */
const roles =
  /\b(?:(?:household )?head(?: of (?:the )?household)?|hoh|chef(?: de)?(?: menage| famille)?|respondent|repondant|members?|membres?|spouse|wife|husband|epouse?|conjointe?|child|enfant)\b/g;
/** Words of questions that are asked once for each household, where a group that is repeated asks people inside it as well. */
const ofHousehold = /\b(?:household|head|hoh|hh|menage|foyer|chef)\b|الاسرة|رب/;
const relationships = /\b(?:relation\w*|lien|parente|kinship)\b|صلة|القرابة/;

const words = (path: string): string => plainText(leafOf(path).replaceAll('_', ' '));
const leafOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const isName = (path: string): boolean => names.test(words(path)) && !othersNames.test(words(path));
const isPersonal = (path: string): boolean => isName(path) || personal.test(words(path)) || isRelationship(path);
const isRelationship = (path: string): boolean => relationships.test(words(path));

const roleless = (path: string): string => words(path).replaceAll(roles, ' ').replaceAll(/\s+/g, ' ').trim() || words(path);

/** What the rounds of a repeated group are: a person each, a household each, or a paper or telephone of whoever the group stands in. */
type Kind = 'person' | 'household' | 'paper';

/** A group that is repeated. */
interface Group {
  /** The repeated group that it stands in. */
  readonly inside: string | undefined;
  readonly paths: Set<string>;
  /** The most rounds that anybody answered. */
  most: number;
}

/** What a form asks, learnt from all its submissions: those leave out what was not answered. */
export class Form {
  readonly #once = new Set<string>();
  /** By the path of the group. */
  readonly #groups = new Map<string, Group>();

  learn(submission: Submission): void {
    this.#learn(submission, undefined, this.#once);
    const asked = [...this.#groups.values()].reduce((count, { paths }) => count + paths.size, this.#once.size);
    if (asked > MOST_COLUMNS) throw problem.unprocessable(say('submissions_too_many_questions', { most: MOST_COLUMNS }));
  }

  #learn({ answers, repeats }: Answered, inside: string | undefined, paths: Set<string>): void {
    for (const path of answers.keys()) paths.add(path);
    for (const [path, rounds] of repeats) {
      const group = this.#groups.get(path) ?? { inside, paths: new Set(), most: 0 };
      this.#groups.set(path, group);
      group.most = Math.max(group.most, rounds.length);
      for (const round of rounds) this.#learn(round, path, group.paths);
    }
  }

  layout(): FormLayout {
    const kinds = this.#kinds();
    const ofPeople = [...kinds].flatMap(([group, kind]) => (kind === 'person' ? [{ group, paths: this.#pathsOf(group, kinds) }] : []));
    const once = this.#pathsOf(undefined, kinds);
    // Questions that differ in whose answer it is alone, such as head_name and member_name, are one column.
    const shared = new Map<string, string>();
    const columnsOfPeople = ofPeople.map(({ paths }) => inSharedColumns(columnsOf(paths), shared));
    const columnsOnce = inSharedColumns(columnsOf(once), shared, (path) => isPersonal(path) || roleless(path) !== words(path));
    const columnOf = new Map([...columnsOnce, ...columnsOfPeople.flatMap((columns) => [...columns])]);
    const asked = [...new Set(columnOf.values())];
    return {
      kinds,
      columnOf,
      asked,
      askedOf: new Map(ofPeople.map(({ group }, i) => [group, new Set(columnsOfPeople[i]?.values())])),
      personal: new Set([...columnOf].flatMap(([path, column]) => (isPersonal(path) ? [column] : []))),
      relationship: asked.find((column) => isRelationship(column)) ?? 'relationship',
    };
  }

  #kinds(): Map<string, Kind> {
    const kinds = new Map<string, Kind>();
    // A group that is repeated is about people when it asks a name.
    const named = [...this.#groups].filter(([, { paths }]) => [...paths].some(isName)).map(([path]) => path);
    for (const path of named) kinds.set(path, 'person');
    for (const path of named) {
      for (let { inside } = this.#group(path); inside !== undefined; { inside } = this.#group(inside)) {
        const isPerson = kinds.has(inside) && ![...this.#group(inside).paths].some((asked) => ofHousehold.test(words(asked)));
        kinds.set(inside, isPerson ? 'person' : 'household');
      }
    }
    for (const [path, { paths }] of this.#groups) {
      if (!kinds.has(path) && [path, ...paths].some((asked) => papers.test(words(asked)))) kinds.set(path, 'paper');
    }
    return kinds;
  }

  #group(path: string): Group {
    return this.#groups.get(path) as Group;
  }

  /** The questions whose answers stand in the rows of one group of people; of none, those that are asked outside of all. */
  #pathsOf(person: string | undefined, kinds: ReadonlyMap<string, Kind>): string[] {
    const rowOf = (path: string | undefined): string | undefined =>
      path === undefined || kinds.get(path) === 'person' ? path : rowOf(this.#group(path).inside);
    const paths = [...this.#groups].flatMap(([path, { paths: asked, most }]) => {
      const kind = kinds.get(path);
      if (kind === undefined || rowOf(path) !== person) return [];
      const rounds = kind === 'paper' ? Math.min(most, MOST_PAPERS) : 1;
      return Array.from({ length: rounds }, (_none, i) => [...asked].map((question) => inRound(question, i))).flat();
    });
    return person === undefined ? [...this.#once, ...paths] : paths;
  }
}

/** How the answers of a form become the columns of a table. */
export interface FormLayout {
  /** The repeated groups that are taken, by their path. */
  readonly kinds: ReadonlyMap<string, Kind>;
  /** The column of each question, by its path. */
  readonly columnOf: ReadonlyMap<string, string>;
  /** Every column, in the order of the form as far as it shows. */
  readonly asked: readonly string[];
  /** The columns that a group of people is asked for, by its path. */
  readonly askedOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Columns that say something of one person and are never taken over for another. */
  readonly personal: ReadonlySet<string>;
  /** The column that says how somebody is related to the head. */
  readonly relationship: string;
}

// The last part of a path, as the form calls the question; the whole path where two groups call a question the same.
function columnsOf(paths: readonly string[]): Map<string, string> {
  const count = new Map<string, number>();
  for (const path of paths) count.set(leafOf(path), (count.get(leafOf(path)) ?? 0) + 1);
  return new Map(paths.map((path) => [path, count.get(leafOf(path)) === 1 ? leafOf(path) : path]));
}

/** Gives questions the column that the same question has of other people. @param shared by the question without its role; grows */
function inSharedColumns(
  columnOf: ReadonlyMap<string, string>,
  shared: Map<string, string>,
  isOfPerson: (path: string) => boolean = () => true,
): Map<string, string> {
  const questions = [...columnOf.keys()].map(roleless);
  return new Map(
    [...columnOf].map(([path, column], i) => {
      const question = questions[i] as string;
      if (!isOfPerson(path) || questions.indexOf(question) !== questions.lastIndexOf(question)) return [path, column];
      const known = shared.get(question);
      if (known === undefined) shared.set(question, column);
      return [path, known ?? column];
    }),
  );
}

/** A question of a paper as a file calls it that has several: the second one's is numbered 2. @param round counted from 0 */
const inRound = (path: string, round: number): string => (round === 0 ? path : `${path}_${round + 1}`);

type Row = ReadonlyMap<string, string>;

/** Somebody whom a round of a repeated group is about. */
interface Member {
  readonly group: string;
  readonly answers: AnswersByPath;
  /** With what is taken over from around them. */
  readonly row: Row;
}

/**
 * The people of a submission, each household by itself and its head first, the answers that they have in common with each. Who is who
 * is seen from the submission alone, whatever others of its form answer.
 */
export const familiesOf = (layout: FormLayout, submission: Submission): Row[][] => familiesIn(layout, submission, new Map());

function familiesIn(layout: FormLayout, answered: Answered, around: Row): Row[][] {
  const answers = withPapers(layout, answered);
  const row = new Map([...around, ...inColumns(layout, answers)]);
  const households = [...answered.repeats].flatMap(([group, rounds]) => (layout.kinds.get(group) === 'household' ? rounds : []));
  const members = [...answered.repeats].flatMap(([group, rounds]) =>
    layout.kinds.get(group) === 'person' ? membersOf(layout, group, rounds, row) : [],
  );
  // What is asked around households is about nobody, unless it asks who they are.
  const isFamily = households.length === 0 || members.length > 0 || nameIn(answers).size > 0;
  const common = new Map([...row].filter(([column]) => !layout.personal.has(column)));
  return [...(isFamily ? [familyOf(layout, answers, row, members)] : []), ...households.flatMap((one) => familiesIn(layout, one, common))];
}

/**
 * One household. Whoever is named outside the members is a person of their own, unless they are one of the members. What a form that names
 * nobody there asks of one person is the head's.
 */
function familyOf(layout: FormLayout, answers: AnswersByPath, row: Row, members: readonly Member[]): Row[] {
  const { relationship, askedOf } = layout;
  const related = (who: Row, word: string): Row => (who.has(relationship) ? who : new Map([...who, [relationship, word]]));
  const asMember = ({ group, row: own }: Member, word: string): Row => (askedOf.get(group)?.has(relationship) ? own : related(own, word));
  if (members.length === 0) return [related(row, 'head')];
  const isApart = nameIn(answers).size > 0;
  const first = isApart ? members.findIndex((member) => isSame(layout, answers, member)) : Math.max(0, members.findIndex(isHead));
  const others = members.filter((_member, i) => i !== first).map((member) => asMember(member, 'other'));
  const same = members[first];
  if (!same) return [related(row, members.some(isHead) ? 'other' : 'head'), ...others];
  return [new Map([...row, ...asMember(same, members.some(isHead) ? 'other' : 'head')]), ...others];
}

/** Whether who is named outside the members is this one of them: by the same name, with nothing that says otherwise, or as the head whose name is not asked again. */
function isSame({ columnOf, relationship }: FormLayout, apart: AnswersByPath, member: Member): boolean {
  const [name, own] = [nameIn(apart), nameIn(member.answers)];
  if (own.size === 0) return isHead(member);
  const isContradicted = [...apart].some(([path, text]) => {
    const column = columnOf.get(path) ?? path;
    if (!isPersonal(path) || isName(path) || column === relationship) return false;
    return [...member.answers].some(([other, said]) => columnOf.get(other) === column && said !== text);
  });
  const inCommon = [...name].filter((word) => own.has(word)).length;
  // The head may be called by one name in one place and by all in the other.
  return !isContradicted && inCommon === (isHead(member) ? Math.min(name.size, own.size) : Math.max(name.size, own.size));
}

const nameIn = (answers: AnswersByPath): Set<string> =>
  new Set([...answers].flatMap(([path, text]) => (isName(path) ? plainText(text).split(/\s+/).filter(Boolean) : [])));

const isHead = ({ answers }: Member): boolean =>
  [...answers].some(([path, text]) => isRelationship(path) && relationshipOf(text) === 'head');

/** The people of a repeated group, each followed by those who are asked for inside their round. @param around the row of whom it stands in */
function membersOf(layout: FormLayout, group: string, rounds: readonly Answered[], around: Row): Member[] {
  const { kinds, askedOf, personal } = layout;
  const isPerson = kinds.get(group) === 'person';
  const common = [...around].filter(([column]) => !personal.has(column) && !askedOf.get(group)?.has(column));
  return rounds.flatMap((round) => {
    const answers = withPapers(layout, round);
    const row = new Map([...common, ...inColumns(layout, answers)]);
    const inside = [...round.repeats].flatMap(([path, within]) =>
      kinds.has(path) && kinds.get(path) !== 'paper' ? membersOf(layout, path, within, row) : [],
    );
    return isPerson ? [{ group, answers, row }, ...inside] : inside;
  });
}

const inColumns = ({ columnOf }: FormLayout, answers: AnswersByPath): Map<string, string> =>
  new Map([...answers].map(([path, text]) => [columnOf.get(path) ?? path, text]));

/** What was answered once, and of each paper and telephone; one too many for a row is marked, so that it is not lost without a word. */
function withPapers({ kinds }: FormLayout, { answers, repeats }: Answered): AnswersByPath {
  const all = new Map(answers);
  for (const [group, rounds] of repeats) {
    if (kinds.get(group) !== 'paper') continue;
    for (const [i, round] of rounds.entries()) {
      const isLost = i >= MOST_PAPERS || [...round.repeats.values()].flat().some((inside) => inside.answers.size > 0);
      for (const [path, text] of round.answers) all.set(inRound(path, Math.min(i, MOST_PAPERS - 1)), isLost ? UNREADABLE : text);
    }
  }
  return all;
}
