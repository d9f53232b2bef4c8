import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

/** Results are shown of ten or more. */
const ANSWERS = 12;
/** 95 % confidence, twenty points, a share of one half: as many of endless many (Cochran). */
const OF_ENDLESS = (1.959964 ** 2 * 0.25) / 0.2 ** 2;

const happy = {
  received: 'yes',
  full_amount: 'yes',
  on_time: 'yes',
  safe_on_the_way: 'yes',
  safe_at_the_office: 'yes',
  asked_to_pay: 'no',
  distance_km: 4,
  minutes: 40,
  spent_on: 'food',
  satisfied: 'very',
};
const unpaid = { received: 'no', asked_to_pay: 'no', satisfied: 'not' };

/** A sample of the people who were paid is asked by telephone. @param payouts those that stand */
export async function askPeople(stage: Stage, pilot: Pilot, payouts: readonly ItemOf<'listPayouts'>[]): Promise<void> {
  stage.chapter('Asking a sample of the people who were paid');
  const { staff, administrator, programmeId, programme, reconciler } = pilot;
  const interviewer = await staff.hire(administrator, 'interviewer', 'Ines Interviewer', { programmeId });
  await staff.signInAgain();
  const days = payouts.map(({ paidOn }) => paidOn).sort();
  const { id: roundId } = await programme.api.call('planSurveyRound', {
    params: { programmeId },
    body: { name: 'After the grant', from: days[0] ?? '', to: days.at(-1) ?? '', confidence: '0.95', margin: '0.20' },
  });
  const params = { roundId };
  const people = new Set(payouts.map(({ beneficiaryId }) => beneficiaryId)).size;
  const round = await programme.api.call('drawSurveySample', { params });
  stage.check(
    'as many as Cochran’s formula says',
    [round.population, round.sample],
    [people, Math.ceil(OF_ENDLESS / (1 + (OF_ENDLESS - 1) / people))],
  );
  const draw = await programme.api.call('verifySurveyDraw', { params });
  stage.check('drawn again from its seed it is the same sample', [draw.matches, draw.seed.length], [true, 64]);
  await programme.api.call('assignInterviews', {
    params,
    body: { interviewerId: (await interviewer.api.call('whoAmI')).id, count: ANSWERS },
  });
  const { items } = await interviewer.api.call('listOwnInterviews');
  const asked = { ...happy, asked_to_pay: 'yes', asked_amount: '500.00' };
  for (const [i, { id }] of items.entries()) {
    const answers = i === 0 ? asked : i === 1 ? unpaid : happy;
    await interviewer.api.call('answerInterview', { params: { interviewId: id }, body: { answers } });
  }
  const open: string[] = [];
  for await (const { kind, statementId } of reconciler.api.all('listExceptions', { params: { programmeId }, query: { state: 'open' } }))
    if (!statementId && kind === 'asked_to_pay') open.push(kind);
  stage.check('who was asked to pay for it opens an exception', open, ['asked_to_pay']);
  const early = await programme.api.refusal('getSurveyResults', { params });
  stage.check('nobody reads single answers while people are asked', early?.code, 'survey_state');
  await programme.api.call('closeSurveyRound', { params });
  const { interviewed, reached } = await programme.api.call('getSurveyResults', { params });
  const all = reached.find(({ group }) => group.by === 'all');
  stage.say(`${all?.paid} people were paid; between ${all?.adjustedLow} and ${all?.adjustedHigh} of them received it, by their own word.`);
  stage.check(
    'people reached, raw and adjusted by what they say',
    [interviewed, all?.paid, all?.adjusted],
    [ANSWERS, people, Math.round((people * (ANSWERS - 1)) / ANSWERS)],
  );
}
