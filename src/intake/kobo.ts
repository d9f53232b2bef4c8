import { type NumberedRow, problem, type Table } from '../platform/index.ts';
import { guessColumns } from './guessing.ts';
import { elementsOf, fitsAsElement } from './json-elements.ts';
import { Form, type FormLayout, familiesOf } from './kobo-form.ts';
import { readSubmission, type Submission } from './kobo-submission.ts';
import { say } from './words.ts';

/** The column that says which submission, and which person of it, a row is; forms cannot ask a question of this name. */
const KEY = '_uuid';
/** When it was sent: stands for the date of registration where the form asks none. */
const SUBMITTED = '_submission_time';
/** Stand for what a form that asks for the members of a household has no need to ask: which household they are, and how many. */
const [HOUSEHOLD, SIZE] = ['household', 'household_size'];

/** Submissions as a table of people. */
export interface Submissions extends Table {
  readonly keyColumn: typeof KEY;
  /** How many submissions were read, without those that somebody looked at and did not approve, which are left out. */
  readonly submissions: number;
  readonly rejected: number;
}

/**
 * Reads submissions of KoboToolbox, a JSON export or a page of its data API, as one row for each person. They are read twice, first for
 * the columns, because a submission leaves out what was not answered; never more than one is held.
 * @param open begins the bytes anew
 * @throws unprocessable naming the submission, here or while the rows are read
 */
export async function readSubmissions(open: () => AsyncIterable<Buffer>): Promise<Submissions> {
  const form = new Form();
  let [submissions, rejected] = [0, 0];
  for await (const submission of submissionsIn(open())) {
    if (submission.isRejected) rejected += 1;
    else {
      submissions += 1;
      form.learn(submission);
    }
  }
  if (submissions === 0) throw problem.unprocessable(say('submissions_none'));
  const layout = form.layout();
  const { asked, relationship } = layout;
  const header = [KEY, ...asked, ...(asked.includes(relationship) ? [] : [relationship]), ...householdColumns(layout), SUBMITTED];
  return {
    format: { kind: 'csv', encoding: 'utf-8', delimiter: ',' },
    header,
    rows: rowsOf(open(), layout, header),
    keyColumn: KEY,
    submissions,
    rejected,
  };
}

/** Whether a submission can be read by itself, and asks no more than a form does: one that cannot would keep out all that come with it. */
export const fitsAsSubmission = (value: unknown): boolean => fitsAsElement(value) && takes(new Form(), value);

/**
 * Submissions in their order, in as few parts as are each taken as a file: those of several versions of a form, or of several forms, may ask more
 * together than a file has columns.
 * @param submissions each {@link fitsAsSubmission}
 */
export function inFiles<One>(submissions: readonly One[]): One[][] {
  const parts: One[][] = [];
  let form: Form | undefined;
  for (const one of submissions) {
    if (!form || !takes(form, one)) {
      form = new Form();
      takes(form, one);
      parts.push([]);
    }
    parts.at(-1)?.push(one);
  }
  return parts;
}

function takes(form: Form, value: unknown): boolean {
  try {
    form.learn(readSubmission(JSON.stringify(value), 1));
    return true;
  } catch {
    return false;
  }
}

/** What is to be said of the households of a form that asks for their members and not for this. */
function householdColumns({ asked, askedOf }: FormLayout): string[] {
  if (askedOf.size === 0) return [];
  const known = guessColumns(asked).map(({ guess }) => guess);
  return [...(known.includes('household') ? [] : [HOUSEHOLD]), ...(known.includes('householdSize') ? [] : [SIZE])].filter(
    (column) => !asked.includes(column),
  );
}

async function* submissionsIn(bytes: AsyncIterable<Buffer>): AsyncGenerator<Submission, void> {
  let number = 0;
  for await (const json of elementsOf(bytes)) {
    number += 1;
    yield readSubmission(json, number);
  }
}

async function* rowsOf(bytes: AsyncIterable<Buffer>, layout: FormLayout, header: readonly string[]): AsyncGenerator<NumberedRow, void> {
  let row = 0;
  for await (const submission of submissionsIn(bytes)) {
    if (submission.isRejected) continue;
    let place = 0;
    for (const [number, family] of familiesOf(layout, submission).entries()) {
      const ofHousehold = new Map([
        [HOUSEHOLD, keyOf(submission, number)],
        [SIZE, String(family.length)],
      ]);
      for (const person of family) {
        const ofPerson = new Map([
          [KEY, keyOf(submission, place)],
          [SUBMITTED, submission.submittedOn],
        ]);
        const cells = header.map((column) => person.get(column) ?? ofPerson.get(column) ?? ofHousehold.get(column) ?? '');
        yield { row: ++row, cells };
        place += 1;
      }
    }
  }
}

// The first person of a submission goes by its own key, so that what other submissions ask, and members who are added later, change nothing.
const keyOf = ({ key }: Submission, place: number): string => (key === '' || place === 0 ? key : `${key}/${place + 1}`);

/** Whether two rows of {@link readSubmissions} are people of one submission. */
export const isSameSubmission = ([one = '']: readonly string[], [other = '']: readonly string[]): boolean =>
  one !== '' && one.replace(/\/\d+$/, '') === other.replace(/\/\d+$/, '');
