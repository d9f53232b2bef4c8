import { beneficiaryScope, type Language } from '../beneficiaries/index.ts';
import { command, dateIn, placesWrong, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { assessmentOf, assessorOf } from './assess.ts';
import { assessablePerson, assessmentsOf, insertAssessments } from './assessment-store.ts';
import { type ShownAssessment, shown } from './readings.ts';
import { findScorecard, waitOurTurn } from './store.ts';
import { say } from './words.ts';

/**
 * Assesses one person now, with their age on this day, and says where they stand.
 * @throws not_found; unprocessable when the scorecard is of another programme; conflict when they are not enrolled
 */
export const assessPerson = command<{ beneficiaryId: string; scorecardId: string; language?: Language }, ShownAssessment>({
  name: 'eligibility.assess_person',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run(context, { beneficiaryId, scorecardId, language = 'en' }) {
    const { tx, now, keyRing } = context;
    const { programme: programmeId = '' } = await beneficiaryScope(tx, beneficiaryId);
    const { programme } = await programmeById(tx, programmeId);
    const scorecard = await findScorecard(tx, scorecardId);
    if (scorecard?.programmeId !== programmeId) {
      throw placesWrong([{ pointer: '/scorecardId', detail: say('scorecard_unknown') }]);
    }
    await waitOurTurn(tx, scorecardId);
    const person = await assessablePerson(tx, scorecard, beneficiaryId);
    if (!person) throw problem.conflict(say('not_enrolled'));
    const found = assessorOf(scorecard, keyRing, dateIn(programme.timeZone, now))(person);
    const { row } = assessmentOf(context, scorecard, null, person, found);
    if (row) await insertAssessments(tx, [row]);
    const [latest] = await assessmentsOf(tx, scorecardId, beneficiaryId, 1, undefined);
    if (!latest) throw new Error('who was assessed has an assessment');
    const result = shown(keyRing, scorecard, beneficiaryId, person.data_key, latest, language);
    return { result, subject: { type: 'beneficiary', id: beneficiaryId }, before: person.before, after: result };
  },
});
