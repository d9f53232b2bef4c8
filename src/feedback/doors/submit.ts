import { passerBy } from '../../access/index.ts';
import { type Actor, command, type Ground, networkOf, problem, type RateLimits } from '../../platform/index.ts';
import { type Received, receive } from '../commands/receive.ts';
import { rates } from '../rules.ts';
import { secretOf } from '../secret.ts';
import { programmeToTell } from '../settings-store.ts';
import type { FeedbackCategory, FeedbackContact, FeedbackLanguage, Told } from '../types.ts';
import { say } from '../words.ts';

/** What stands at the public door and counts who comes. */
export interface FeedbackDoor {
  readonly limits: RateLimits;
  /** Requests from one network address in an hour. */
  readonly perAddress: number;
  /** Cases that strangers may begin in one programme in a day. */
  readonly perDay: number;
}

/** What somebody at the public door tells. */
export interface Submission {
  readonly programmeCode: string;
  readonly text: string;
  readonly category?: FeedbackCategory | undefined;
  readonly language?: FeedbackLanguage | undefined;
  readonly anonymous?: boolean | undefined;
  readonly contact?: FeedbackContact | undefined;
}

export interface Knock {
  readonly address: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
}

/** What whoever told us takes away. */
export interface Receipt {
  readonly reference: string;
  readonly secret: string;
}

/**
 * Takes in what a stranger tells. Of an address that may lead to them nothing is kept.
 * @throws not_found when no programme has this code; too_many_requests; unprocessable
 */
export async function submit(ground: Ground, door: FeedbackDoor, given: Submission, { address, ...call }: Knock): Promise<Receipt> {
  await door.limits.take(rates.address(door.perAddress), networkOf(address));
  const programme = await programmeToTell(ground.db, given.programmeCode);
  if (!programme) throw problem.not_found(say('programme_unknown'));
  await door.limits.take(rates.programme(door.perDay), programme.id);
  const { text, category = 'other', language = 'fr', anonymous = false, contact } = given;
  const told: Told = {
    programmeId: programme.id,
    channel: 'form',
    language,
    category,
    text,
    isAnonymous: anonymous,
    contact: contact ?? null,
  };
  const { caseId, reference } = await ground.execute(keepSubmission, told, { ...call, actor: passerBy });
  return { reference, secret: secretOf(ground.keyRing, caseId) };
}

const keepSubmission = command<Told, Received>({
  name: 'feedback.submit',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, told) {
    const received = await receive(context, told);
    return { result: received, subject: { type: 'feedback_case', id: received.caseId }, after: { channel: told.channel } };
  },
});

/** Takes in what a colleague heard from somebody. @throws unprocessable */
export async function enter(
  { execute, keyRing }: Ground,
  told: Told,
  call: { actor: Actor; idempotencyKey: string | undefined; requestId: string },
): Promise<Receipt> {
  const { caseId, reference } = await execute(keepEntered, told, call);
  return { reference, secret: secretOf(keyRing, caseId) };
}

const keepEntered = command<Told, Received>({
  name: 'feedback.enter',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, told) {
    const received = await receive(context, told);
    return { result: received, subject: { type: 'feedback_case', id: received.caseId }, after: { channel: told.channel } };
  },
});
