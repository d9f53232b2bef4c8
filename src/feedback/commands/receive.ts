import { type CommandContext, newId, placesWrong, problem } from '../../platform/index.ts';
import { addStep, insertCase } from '../case-store.ts';
import { dueAt, kept } from '../rules.ts';
import { sealContent } from '../sealing.ts';
import { newReference } from '../secret.ts';
import { ruleOf } from '../settings-store.ts';
import type { Told } from '../types.ts';
import { say } from '../words.ts';

/** What became of something that was told. The secret derives from the identifier afterwards, so that no kept answer holds it. */
export interface Received {
  readonly caseId: string;
  readonly reference: string;
}

/** Tries at a reference that nobody has; each is one of a thousand million. */
const TRIES = 20;

/**
 * Keeps what somebody told, sealed, as a new case.
 * @param messageIndex of the message that it came in, which the caller knows to be new
 * @throws unprocessable when nothing but a code was written
 */
export async function receive(
  { tx, actor, now, keyRing }: CommandContext,
  told: Told,
  messageIndex: Buffer | null = null,
): Promise<Received> {
  const content = kept(told, told.isAnonymous);
  if (content.text.replaceAll('[…]', '').trim() === '') {
    throw placesWrong([{ pointer: '/text', detail: say('nothing_but_code') }]);
  }
  const rule = await ruleOf(tx, told.programmeId, told.category);
  const { text: _text, contact: _contact, ...rest } = told;
  const id = newId();
  const sealed = sealContent(keyRing, id, content);
  const row = {
    ...rest,
    ...sealed,
    id,
    isSensitive: rule.isSensitive,
    hasContact: content.contact !== null,
    messageIndex,
    ...dueAt(now, rule),
  };
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const reference = newReference();
    if (!(await insertCase(tx, { ...row, reference }, now))) continue;
    await addStep(tx, id, 'received', actor.id, now);
    return { caseId: id, reference };
  }
  throw problem.internal_error('No reference was free.');
}
