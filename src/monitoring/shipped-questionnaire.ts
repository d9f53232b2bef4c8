import type { Questionnaire, SurveyQuestion } from './types.ts';

const text = (en: string, fr: string, ar: string) => ({ ar, fr, en });
const yesNo = (id: string, words: SurveyQuestion['text'], more: Partial<SurveyQuestion> = {}): SurveyQuestion => ({
  id,
  type: 'yes_no',
  text: words,
  ...more,
});
const whereReceived = { question: 'received', is: 'yes' };

/** What is asked unless a round says otherwise: receipt, amount, time, safety, bribes, distance, use, satisfaction. */
export const shippedQuestionnaire: Questionnaire = [
  yesNo('received', text('Did you receive the money?', 'Avez-vous reçu l’argent ?', 'هل استلمتم المبلغ؟')),
  yesNo('full_amount', text('Was it the full amount?', 'Était-ce le montant entier ?', 'هل كان المبلغ كاملا؟'), {
    dependsOn: whereReceived,
  }),
  {
    id: 'amount_received',
    type: 'amount',
    text: text('How much did you receive?', 'Combien avez-vous reçu ?', 'كم استلمتم؟'),
    dependsOn: { question: 'full_amount', is: 'no' },
  },
  yesNo('on_time', text('Did it come when you were told?', 'Est-il arrivé au moment annoncé ?', 'هل وصل في الوقت الذي أُخبرتم به؟'), {
    dependsOn: whereReceived,
  }),
  yesNo(
    'safe_on_the_way',
    text('Did you feel safe on the way?', 'Vous sentiez-vous en sécurité en chemin ?', 'هل شعرتم بالأمان في الطريق؟'),
    {
      dependsOn: whereReceived,
    },
  ),
  yesNo(
    'safe_at_the_office',
    text(
      'Did you feel safe where you were paid?',
      'Vous sentiez-vous en sécurité là où vous avez été payé ?',
      'هل شعرتم بالأمان حيث استلمتم المبلغ؟',
    ),
    {
      dependsOn: whereReceived,
    },
  ),
  yesNo(
    'asked_to_pay',
    text(
      'Did anybody ask you for money or a favour for it?',
      'Vous a-t-on demandé de l’argent ou une faveur pour cela ?',
      'هل طلب منكم أحد مالا أو خدمة مقابل ذلك؟',
    ),
  ),
  {
    id: 'asked_amount',
    type: 'amount',
    text: text('How much?', 'Combien ?', 'كم؟'),
    dependsOn: { question: 'asked_to_pay', is: 'yes' },
    required: false,
  },
  {
    id: 'distance_km',
    type: 'number',
    text: text(
      'How far did you travel, one way, in kilometres?',
      'Quelle distance avez-vous faite, aller simple, en kilomètres ?',
      'كم كيلومترا قطعتم ذهابا؟',
    ),
    minimum: 0,
    maximum: 2000,
    dependsOn: whereReceived,
  },
  {
    id: 'minutes',
    type: 'number',
    text: text('How long did it take in all, in minutes?', 'Combien de temps en tout, en minutes ?', 'كم استغرق ذلك كله بالدقائق؟'),
    minimum: 0,
    maximum: 2880,
    dependsOn: whereReceived,
  },
  {
    id: 'spent_on',
    type: 'choice',
    text: text('What did you mostly spend it on?', 'À quoi l’avez-vous surtout dépensé ?', 'على ماذا أنفقتم معظمه؟'),
    choices: [
      { value: 'food', text: text('Food', 'Nourriture', 'الطعام') },
      { value: 'rent', text: text('Rent', 'Loyer', 'الإيجار') },
      { value: 'health', text: text('Health', 'Santé', 'الصحة') },
      { value: 'children', text: text('Children and school', 'Enfants et école', 'الأطفال والمدرسة') },
      { value: 'debts', text: text('Debts', 'Dettes', 'الديون') },
      { value: 'work', text: text('Work or trade', 'Travail ou commerce', 'العمل أو التجارة') },
      { value: 'saved', text: text('Kept it', 'Gardé', 'احتفظنا به') },
      { value: 'other', text: text('Something else', 'Autre chose', 'شيء آخر') },
    ],
    dependsOn: whereReceived,
  },
  {
    id: 'satisfied',
    type: 'choice',
    text: text('How satisfied are you?', 'En êtes-vous satisfait ?', 'ما مدى رضاكم؟'),
    choices: [
      { value: 'very', text: text('Very', 'Très', 'كثيرا') },
      { value: 'rather', text: text('Rather', 'Plutôt', 'إلى حد ما') },
      { value: 'little', text: text('A little', 'Peu', 'قليلا') },
      { value: 'not', text: text('Not at all', 'Pas du tout', 'لا إطلاقا') },
    ],
  },
  {
    id: 'remarks',
    type: 'text',
    text: text('Is there anything else?', 'Y a-t-il autre chose ?', 'هل هناك شيء آخر؟'),
    required: false,
  },
];
