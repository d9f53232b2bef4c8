import { command, newId, problem } from '../../../platform/index.ts';
import { sealComment } from '../comments.ts';
import { insertAttachment, insertComment, markRemoved } from '../life-store.ts';
import { scopeOfException, sheetOf } from '../lookup.ts';
import { keepSteps } from '../steps.ts';
import type { Comment, ExceptionSheet } from '../types.ts';

/** Says something about an exception. It is sealed, and nobody takes it back. @throws not_found */
export const commentOnException = command<{ readonly exceptionId: string; readonly text: string }, Comment>({
  name: 'reconciliation.comment',
  scope: scopeOfException,
  async run({ tx, actor, now, keyRing }, { exceptionId, text }) {
    const id = newId();
    await insertComment(tx, exceptionId, { id, authorId: actor.id, at: now, content: sealComment(keyRing, exceptionId, id, text) });
    const result = { id, authorId: actor.id, at: now.toISOString(), text };
    return { result, subject: { type: 'exception', id: exceptionId }, after: result };
  },
});

export interface NewAttachment {
  readonly exceptionId: string;
  readonly title: string;
  readonly location: string;
  readonly sha256?: string;
}

/** Says where a paper about an exception lies. @throws not_found */
export const attachToException = command<NewAttachment, ExceptionSheet>({
  name: 'reconciliation.attach',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId, title, location, sha256 = null }) {
    const id = newId();
    await insertAttachment(tx, exceptionId, { id, title, location, sha256, by: actor.id, at: now });
    await keepSteps(tx, { at: now, by: actor.id, what: 'attached', reason: null }, [{ id: exceptionId, facts: { attachment: id } }]);
    const result = await sheetOf(tx, exceptionId, now);
    return { result, subject: { type: 'exception', id: exceptionId }, after: { attachment: id, title, location, sha256 } };
  },
});

/** Marks an attachment as removed; that it was there stays. @throws not_found, also when it was removed before */
export const removeAttachment = command<
  { readonly exceptionId: string; readonly attachmentId: string; readonly reason: string },
  ExceptionSheet
>({
  name: 'reconciliation.remove_attachment',
  scope: scopeOfException,
  async run({ tx, actor, now }, { exceptionId, attachmentId, reason }) {
    if (!(await markRemoved(tx, exceptionId, attachmentId, { by: actor.id, at: now, reason })))
      throw problem.not_found('There is no such record.');
    const facts = { attachment: attachmentId };
    await keepSteps(tx, { at: now, by: actor.id, what: 'attachment_removed', reason }, [{ id: exceptionId, facts }]);
    const result = await sheetOf(tx, exceptionId, now);
    return { result, subject: { type: 'exception', id: exceptionId }, after: facts, reason };
  },
});
