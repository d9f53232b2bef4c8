import { pilotProgramme } from '../../src/seeding.ts';
import { ApiClient, type ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Member } from './staff.ts';
import type { Stage } from './stage.ts';

/** Two people write by the public form: cash that did not come, and something that few may read. */
export async function tell(stage: Stage, pilot: Pilot, url: string, payouts: readonly ItemOf<'listPayouts'>[]): Promise<void> {
  stage.chapter('Somebody says that no cash came, and somebody else what few may read');
  const { staff, administrator, programmeId } = pilot;
  const officer = await staff.hire(administrator, 'feedback_officer', 'Houria Hotline', { programmeId });
  const protection = await staff.hire(administrator, 'protection_officer', 'Badis Protection', { programmeId });
  await staff.signInAgain();
  const paid = payouts.filter(({ office }) => office).at(-2);
  if (!paid) throw new Error('nobody was paid');
  await complain(stage, pilot, { officer, url, paid });
  await confide(stage, pilot, { officer, protection, url });
}

interface Complaint {
  readonly officer: Member;
  readonly url: string;
  readonly paid: ItemOf<'listPayouts'>;
}

/** A complaint about a voucher opens an exception, and whoever wrote reads what came of it. */
async function complain(stage: Stage, { programmeId, reconciler }: Pilot, { officer, url, paid }: Complaint): Promise<void> {
  const stranger = new ApiClient(url);
  const { reference, secret } = await stranger.call('submitFeedback', {
    body: {
      programmeCode: pilotProgramme.code,
      category: 'payment_not_received',
      language: 'fr',
      text: `Le bon ${paid.serial} : on dit que c’est payé, je n’ai rien reçu.`,
    },
  });
  const [told] = await casesOf(officer, programmeId, reference);
  const params = { caseId: told?.id ?? '' };
  await officer.api.call('moveFeedbackCase', { params, body: { to: 'acknowledged' } });
  await officer.api.call('linkFeedbackCase', { params, body: { serial: paid.serial } });
  const query = { payoutId: paid.id, state: 'open' } as const;
  const { items } = await reconciler.api.call('listExceptions', { params: { programmeId }, query });
  stage.check(
    'linked with the voucher it opens an exception',
    items.map(({ kind }) => kind),
    ['not_received'],
  );
  await officer.api.call('moveFeedbackCase', { params, body: { to: 'in_progress' } });
  const reply = 'Nous avons demandé au guichet. Passez demain à dix heures.';
  await officer.api.call('replyToFeedback', { params, body: { reply } });
  const look = (with_: string) => ({ params: { reference }, headers: { 'Feedback-Secret': with_ } });
  const read = await stranger.call('getFeedbackState', look(secret));
  stage.check('they read the answer with their reference and secret', [read.state, read.reply], ['answered', reply]);
  const other = await stranger.refusal('getFeedbackState', look('AAAA-AAAA'));
  stage.check('and nobody without', other?.code, 'not_found');
}

interface Confidence {
  readonly officer: Member;
  readonly protection: Member;
  readonly url: string;
}

/** A sensitive case is not there for those who handle the others. */
async function confide(stage: Stage, { programmeId }: Pilot, { officer, protection, url }: Confidence): Promise<void> {
  const { reference } = await new ApiClient(url).call('submitFeedback', {
    body: {
      programmeCode: pilotProgramme.code,
      category: 'sexual_exploitation',
      language: 'fr',
      text: 'Un agent demande autre chose que la pièce.',
      anonymous: true,
    },
  });
  const [known] = await casesOf(protection, programmeId, reference);
  const hidden = await officer.api.refusal('getFeedbackCase', { params: { caseId: known?.id ?? '' } });
  stage.check(
    'the protection officer sees the sensitive one; to the feedback officer it is not there',
    [known?.isSensitive, (await casesOf(officer, programmeId, reference)).length, hidden?.code],
    [true, 0, 'not_found'],
  );
}

const casesOf = async ({ api }: Member, programmeId: string, reference: string) =>
  (await api.call('listFeedbackCases', { params: { programmeId }, query: { reference } })).items;
