import { type Problem, type ProblemPlace, placesWrong } from '../../platform/index.ts';
import { linkCase } from '../case-store.ts';
import { findLinkable } from '../link-store.ts';
import { feedbackProblem } from '../problems.ts';
import { say } from '../words.ts';
import { caseCommand } from './case-command.ts';
import { raiseFor } from './raise.ts';

interface Link {
  readonly caseId: string;
  readonly registrationNumber?: string | undefined;
  readonly personIs?: 'author' | 'concerned' | undefined;
  readonly serial?: string | undefined;
}

const unknown = (places: readonly ProblemPlace[]): Problem => placesWrong(places);

/**
 * Links a case with the person or the voucher that somebody named. Who or what is left out stays as it was.
 * @throws not_found; feedback_anonymous; unprocessable when this programme has no such person or voucher
 */
export const linkCaseTo = caseCommand<Link>(
  'feedback.link',
  async ({ tx, actor, now }, found, { caseId, registrationNumber, personIs, serial }) => {
    const { programmeId, isAnonymous, isSensitive, category } = found.shown;
    if (isAnonymous) throw feedbackProblem.feedback_anonymous(say('link_anonymous'));
    if (registrationNumber === undefined && serial === undefined)
      throw unknown([{ pointer: '/registrationNumber', detail: say('link_missing') }]);
    const { beneficiaryId, voucher } = await findLinkable(tx, programmeId, { registrationNumber, serial });
    const detail = say('link_unknown');
    const faults = [
      ...(registrationNumber !== undefined && !beneficiaryId ? [{ pointer: '/registrationNumber', detail }] : []),
      ...(serial !== undefined && !voucher ? [{ pointer: '/serial', detail }] : []),
    ];
    if (faults.length > 0) throw unknown(faults);
    const link = {
      beneficiaryId: beneficiaryId ?? found.beneficiaryId,
      personIs: beneficiaryId ? (personIs ?? 'author') : found.personIs,
      voucherId: voucher?.id ?? found.voucherId,
      payoutId: voucher ? voucher.payoutId : found.payoutId,
    };
    await linkCase(tx, caseId, actor.id, link);
    // What few may see is not told to finance by the way.
    if (link.payoutId && !isSensitive) await raiseFor(tx, now, { programmeId, category, payoutId: link.payoutId, caseId });
    return { step: 'linked' };
  },
);
