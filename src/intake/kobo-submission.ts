import { problem } from '../platform/index.ts';
import { UNREADABLE } from './rows.ts';
import { say } from './words.ts';

/** Answers by the path of their question, `group/question`. */
export type AnswersByPath = ReadonlyMap<string, string>;

/** What was answered in one place of a form: in the form itself, or in one round of a group that is repeated. */
export interface Answered {
  readonly answers: AnswersByPath;
  /** What was asked again and again, such as for each member of the household: by the path of the group. */
  readonly repeats: ReadonlyMap<string, readonly Answered[]>;
}

/** One form that was filled in. */
export interface Submission extends Answered {
  /** What the form tool calls it, whatever was corrected in it since. */
  readonly key: string;
  /** ISO 8601 date. */
  readonly submittedOn: string;
  /** Whether somebody looked at it and did not approve. */
  readonly isRejected: boolean;
}

const DEEPEST_GROUP = 16;
/** Characters, as in the cell of a spreadsheet. */
const LONGEST_ANSWER = 32_767;
/** What forms record about the telephone and the form rather than the person (XLSForm's metadata). */
const metadata = /^(?:start|end|deviceid|subscriberid|simserial|phonenumber|username|email|imei|audit|__version__|formhub\/.*|meta\/.*)$/;
const media = /^[^/\n]{1,255}\.(?:jpe?g|png|gif|webp|heic|mp4|mov|3gpp?|amr|m4a|aac|mp3|wav|ogg|pdf|docx?|xlsx?|csv|zip)$/i;
// Latitude and longitude with what follows, as one point or many.
const place = /^-?\d{1,2}\.\d+ -?\d{1,3}\.\d+(?: |;|$)/;

/**
 * Whether somebody looked at a submission and did not approve.
 * @param validationStatus what KoboToolbox says as `_validation_status`
 */
export const isRejected = (validationStatus: unknown): boolean =>
  typeof validationStatus === 'object' &&
  validationStatus !== null &&
  'uid' in validationStatus &&
  validationStatus.uid === 'validation_status_not_approved';

/**
 * Reads one submission of KoboToolbox. What the tool adds for itself, points on the map and the names of pictures are left out. An answer
 * that no cell holds is marked as unreadable, so that it costs its own rows and not the file.
 * @param number 1 is the first of the file
 * @throws unprocessable when it is no submission
 */
export function readSubmission(json: string, number: number): Submission {
  const fields = parsed(json, number);
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    // A correction gives a submission a new `_uuid` and leaves the root as it was. Whoever fills in the form may have made it up, and a slash
    // would say that it is somebody of another submission.
    key: (text('meta/rootUuid') || text('_uuid') || text('meta/instanceID')).replace(/^uuid:/, '').replaceAll('/', ''),
    submittedOn: /^\d{4}-\d{2}-\d{2}/.exec(text('_submission_time'))?.[0] ?? '',
    isRejected: isRejected(fields['_validation_status']),
    ...answeredIn(fields, ''),
  };
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(json: string, number: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // What the parser says quotes the person.
  }
  if (!isFields(value)) throw problem.unprocessable(say('submission_unreadable', { number }));
  return value;
}

function answeredIn(fields: Fields, prefix: string): Answered {
  const answers = new Map<string, string>();
  const repeats = new Map<string, Answered[]>();
  gather(fields, prefix, answers, repeats);
  return { answers, repeats };
}

function gather(fields: Fields, prefix: string, answers: Map<string, string>, repeats: Map<string, Answered[]>): void {
  for (const [name, value] of Object.entries(fields)) {
    // A repeated group spells the whole path of its questions again.
    const path = prefix === '' || name.startsWith(prefix) ? name : `${prefix}${name}`;
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_') || metadata.test(path)) continue;
    const isRepeat = Array.isArray(value) && value.some(isFields);
    if (!isRepeat && !isFields(value)) {
      const text = textOf(value);
      if (text.length > LONGEST_ANSWER || text.includes('\0')) answers.set(path, UNREADABLE);
      else if (text !== '' && !media.test(text) && !place.test(text)) answers.set(path, text);
    } else if (path.split('/').length > DEEPEST_GROUP) answers.set(path, UNREADABLE);
    else if (isFields(value)) gather(value, `${path}/`, answers, repeats);
    else repeats.set(path, [...(repeats.get(path) ?? []), ...value.filter(isFields).map((entry) => answeredIn(entry, `${path}/`))]);
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(' ').trim();
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
