import { command, newId } from '../../platform/index.ts';
import { addStep } from '../case-store.ts';
import { escalateOverdue } from '../escalation-store.ts';
import { subjectOf } from '../seeing.ts';

/**
 * Tells those who are responsible of cases that take too long: the first when the time is over, and the next after each further day.
 * @returns how many were told of now
 */
export const escalate = command<Record<string, never>, number>({
  name: 'feedback.escalate',
  scope: () => ({}),
  async run({ tx, actor, now }) {
    const escalated = await escalateOverdue(tx, now);
    for (const { caseId } of escalated) await addStep(tx, caseId, 'escalated', actor.id, now);
    const others = escalated.map(({ caseId, programmeId, of, level }) => ({
      subject: subjectOf(caseId),
      scope: { programme: programmeId },
      after: { of, level },
    }));
    const followUps = escalated.map(({ caseId, of, level }) => ({
      job: 'feedback.mail_escalation',
      payload: { caseId, of, level: String(level) },
    }));
    return {
      result: escalated.length,
      followUps,
      subject: { type: 'feedback_escalations', id: newId() },
      after: { escalated: escalated.length },
      others,
    };
  },
});
