import { newId, placesWrong } from '../../platform/index.ts';
import { categoriseCase, insertNote, nameAccused } from '../case-store.ts';
import { dueAt } from '../rules.ts';
import { sealOf } from '../sealing.ts';
import { seesSensitive } from '../seeing.ts';
import { ruleOf, usersAmong } from '../settings-store.ts';
import type { FeedbackCategory } from '../types.ts';
import { say } from '../words.ts';
import { caseCommand } from './case-command.ts';
import { keyOf } from './life.ts';
import { raiseFor } from './raise.ts';

/**
 * Puts a case into another category. Into a sensitive one everybody may, and whoever does not handle those sees it no more.
 * @throws not_found
 */
export const categorise = caseCommand<{ caseId: string; category: FeedbackCategory; reason: string }>(
  'feedback.categorise',
  async (context, found, { caseId, category, reason }) => {
    const { tx, actor, now } = context;
    const { programmeId, receivedAt, ownerId } = found.shown;
    const rule = await ruleOf(tx, programmeId, category);
    const staysWithOwner = !rule.isSensitive || seesSensitive(actor, programmeId);
    await categoriseCase(tx, caseId, {
      category,
      isSensitive: rule.isSensitive,
      ownerId: staysWithOwner ? ownerId : null,
      ...dueAt(new Date(receivedAt), rule),
    });
    if (found.payoutId && !rule.isSensitive) await raiseFor(tx, now, { programmeId, category, payoutId: found.payoutId, caseId });
    return { step: 'categorised', reason };
  },
);

/** Adds a note, sealed with the case. @throws not_found; feedback_forgotten */
export const noteOnCase = caseCommand<{ caseId: string; note: string }>(
  'feedback.note',
  async ({ tx, actor, now, keyRing }, found, { caseId, note }) => {
    const id = newId();
    const sealed = sealOf(keyRing, caseId, keyOf(found)).sealNote(id, note);
    await insertNote(tx, { id, caseId, note: sealed, by: actor.id }, now);
    return { step: 'noted' };
  },
);

/**
 * Names the colleagues whom a case is about, who do not see it from then on. One of them who owned it owns it no more.
 * @throws not_found; unprocessable to whoever names themselves, or somebody who is not there
 */
export const nameAccusedIn = caseCommand<{ caseId: string; userIds: readonly string[]; reason: string }>(
  'feedback.name_accused',
  async ({ tx, actor }, _found, { caseId, userIds, reason }) => {
    if (userIds.includes(actor.id)) {
      throw placesWrong([{ pointer: '/userIds', detail: say('accused_oneself') }]);
    }
    const known = await usersAmong(tx, userIds);
    const strange = userIds.flatMap((id, i) => (known.includes(id) ? [] : [{ pointer: `/userIds/${i}`, detail: say('accused_unknown') }]));
    if (strange.length > 0) throw placesWrong(strange);
    await nameAccused(tx, caseId, userIds);
    return { step: 'accused_named', reason };
  },
);
