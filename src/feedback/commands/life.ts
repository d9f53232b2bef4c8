import { type Problem, placesWrong } from '../../platform/index.ts';
import { answerCase, assignCase, moveCase } from '../case-store.ts';
import { feedbackProblem } from '../problems.ts';
import { movesFrom } from '../rules.ts';
import { sealOf } from '../sealing.ts';
import { handlersAmong } from '../settings-store.ts';
import type { FeedbackState, StoredCase } from '../types.ts';
import { anyOf, say } from '../words.ts';
import { caseCommand } from './case-command.ts';

/** @throws feedback_state unless a case stands where this can be done */
function requireState({ shown: { state } }: StoredCase, to: keyof typeof movesFrom): void {
  const from: readonly FeedbackState[] = movesFrom[to];
  if (from.includes(state)) return;
  throw feedbackProblem.feedback_state(say('case_in_state', { state: anyOf([state]), states: anyOf(from) }), { state });
}

/** @returns the key of a case @throws feedback_forgotten */
export function keyOf({ dataKey }: StoredCase): Buffer {
  if (!dataKey) throw feedbackProblem.feedback_forgotten(say('case_over'));
  return dataKey;
}

/**
 * Acknowledges a case, begins, closes or reopens it. Who acknowledges or begins it owns it.
 * @throws not_found; feedback_state
 */
export const moveCaseTo = caseCommand<{
  caseId: string;
  to: 'acknowledged' | 'in_progress' | 'closed' | 'reopened';
  reason?: string | undefined;
}>('feedback.move', async ({ tx, actor, now }, found, { caseId, to, reason }) => {
  requireState(found, to);
  await moveCase(tx, caseId, to, actor.id, now);
  return { step: to, reason };
});

/** Answers a case, in words for the person. @throws not_found; feedback_state; feedback_forgotten */
export const replyToCase = caseCommand<{ caseId: string; reply: string }>(
  'feedback.reply',
  async ({ tx, now, keyRing }, found, { caseId, reply }) => {
    requireState(found, 'answered');
    await answerCase(tx, caseId, sealOf(keyRing, caseId, keyOf(found)).sealReply(reply), now);
    return { step: 'answered' };
  },
);

const notAHandler = (): Problem => placesWrong([{ pointer: '/userId', detail: say('handler_unfit') }]);

/** Gives a case to a colleague. @throws not_found; unprocessable when they do not handle such cases, or it is about them */
export const assignCaseTo = caseCommand<{ caseId: string; userId: string }>(
  'feedback.assign',
  async ({ tx, now }, found, { caseId, userId }) => {
    const { programmeId, isSensitive, state } = found.shown;
    if (state === 'closed') throw feedbackProblem.feedback_state(say('case_closed'), { state });
    const [handler] = await handlersAmong(tx, { userIds: [userId], programmeId, isSensitive, at: now });
    if (!handler || found.accusedIds.includes(userId)) throw notAHandler();
    await assignCase(tx, caseId, userId);
    return { step: 'assigned' };
  },
);
