import { type Command, type CommandContext, command, type FollowUp } from '../../platform/index.ts';
import { addStep, findCase } from '../case-store.ts';
import { reasonFor } from '../sealing.ts';
import { heldCaseFor, scopeOfCase, subjectOf } from '../seeing.ts';
import type { FeedbackCase, StoredCase } from '../types.ts';

/** What is done with a case, as the trail calls it. */
type CaseAct =
  | 'feedback.move'
  | 'feedback.reply'
  | 'feedback.tell'
  | 'feedback.assign'
  | 'feedback.categorise'
  | 'feedback.link'
  | 'feedback.note'
  | 'feedback.name_accused';

/** What was done with a case: the step that is written down, and what has to follow. */
interface Done {
  readonly step: string;
  readonly reason?: string | undefined;
  readonly followUps?: readonly FollowUp[];
}

/**
 * A command on one case: nobody else changes it meanwhile, and the step is written down with who took it. Why they did is sealed with the case and
 * stands in no event: the trail is read by others and outlives the words.
 * @param act changes the case, which the actor may see; throws what stands in the way
 * @throws not_found when there is none, or not for this actor
 */
export const caseCommand = <Input extends { readonly caseId: string }>(
  name: CaseAct,
  act: (context: CommandContext, found: StoredCase, input: Input) => Promise<Done>,
): Command<Input, FeedbackCase> =>
  command<Input, FeedbackCase>({
    name,
    scope: scopeOfCase,
    async run(context, input) {
      const { tx, actor, now, keyRing } = context;
      const found = await heldCaseFor(tx, actor, input.caseId);
      const { step, reason, followUps = [] } = await act(context, found, input);
      await addStep(tx, input.caseId, step, actor.id, now, reasonFor(keyRing, input.caseId, found.dataKey, reason));
      const after = await findCase(tx, input.caseId);
      if (!after) throw new Error('a case that was changed is not there');
      const { programmeId } = found.shown;
      return {
        result: after.shown,
        subject: subjectOf(input.caseId),
        scope: { programme: programmeId },
        before: found.shown,
        after: after.shown,
        followUps,
      };
    },
  });
