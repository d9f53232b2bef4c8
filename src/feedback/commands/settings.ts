import { beginAgainOn, brokenConstraint, command, newId, type ProblemPlace, placesWrong, problem } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { handlersAmong, insertLine, insertRule, type NewRule, ruleOf } from '../settings-store.ts';
import type { FeedbackLine, FeedbackRule } from '../types.ts';
import { say } from '../words.ts';

/**
 * Sets what holds of a category in a programme, for cases that come from then on.
 * @throws not_found; unprocessable when it would show many what few may see, or names somebody who does not handle such cases
 */
export const setCategory = command<NewRule & { readonly programmeId: string }, FeedbackRule>({
  name: 'feedback.set_category',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, { programmeId, ...rule }) {
    const before = await ruleOf(tx, programmeId, rule.category);
    const handlers = await handlersAmong(tx, { userIds: rule.responsible, programmeId, isSensitive: rule.isSensitive, at: now });
    const faults: ProblemPlace[] = rule.responsible.flatMap((id, i) =>
      handlers.includes(id) ? [] : [{ pointer: `/responsible/${i}`, detail: say('responsible_unfit') }],
    );
    if (rule.resolveHours < rule.acknowledgeHours) faults.push({ pointer: '/resolveHours', detail: say('resolved_before_acknowledged') });
    if (faults.length > 0) throw placesWrong(faults);
    await insertRule(tx, programmeId, rule, before.version + 1, actor.id, now).catch((error) => {
      if (brokenConstraint(error) === 'feedback_settings_sensitive') {
        throw placesWrong([{ pointer: '/isSensitive', detail: say('sensitive_everywhere') }]);
      }
      return beginAgainOn(['feedback_settings_pkey'], 'somebody else set the same category')(error);
    });
    const after = await ruleOf(tx, programmeId, rule.category);
    return {
      result: after,
      subject: { type: 'feedback_category', id: `${programmeId}/${rule.category}` },
      before,
      after,
      reason: rule.reason,
    };
  },
});

/** Says which programme the messages to a number of a gateway belong to. @throws not_found when there is no such gateway or programme */
export const setLine = command<Omit<FeedbackLine, 'id' | 'number'> & { readonly number?: string | undefined }, FeedbackLine>({
  name: 'feedback.set_line',
  scope: () => ({}),
  async run({ tx, actor, now }, { gatewayId, number = null, programmeId }) {
    const line = { id: newId(), gatewayId, number, programmeId };
    await insertLine(tx, line, actor.id, now).catch((error: { constraint?: string }) => {
      throw error.constraint?.endsWith('_fkey') ? problem.not_found(say('line_unknown')) : error;
    });
    return { result: line, subject: { type: 'gateway', id: gatewayId }, after: line };
  },
});
