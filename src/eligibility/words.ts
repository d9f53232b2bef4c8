import { defineTexts } from '../platform/index.ts';

const english = {
  scorecard_unknown: 'The programme has no such scorecard.',
  scorecard_same: 'Name another scorecard than this one.',
  not_enrolled: 'Only somebody who is enrolled is assessed.',
  assessment_under_way: 'A run of this scorecard is going on. Wait until it is done, or cancel it.',
  assessment_over: 'This run is over already.',
  group_empty: 'No question is in this group. Take it out, or name it in a question.',
  group_unknown: 'There is no group of this name.',
  name_twice: 'Another one has this name already.',
  points_for_being_known: 'Points are given for an answer, not for there being one.',
  points_taken_unanswered: 'A question that takes points away must be answered, or nobody would answer it.',
  field_unknown: 'There is no such field.',
  is_known_alone: 'is_known takes no value.',
  flag_asked_wrongly: '{field} is asked with is_true or is_false and no value.',
  number_asked_wrongly: '{field} is asked with at_least, at_most or equals and a whole number.',
  word_asked_wrongly: '{field} is asked with one_of or equals, out of: {words}.',
  value_never_reached: 'The first value that fits counts, and one before this fits everybody whom this one fits.',
  tiers_not_rising: 'Each tier starts at a higher score than the one before.',
  score_never_reached: 'Nobody can have more than {most} points.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  scorecard_unknown: 'Le programme n’a pas cette grille.',
  scorecard_same: 'Nommez une autre grille que celle-ci.',
  not_enrolled: 'Seule une personne inscrite est évaluée.',
  assessment_under_way: 'Une évaluation avec cette grille est en cours. Attendez sa fin, ou annulez-la.',
  assessment_over: 'Cette évaluation est déjà terminée.',
  group_empty: 'Aucune question n’est dans ce groupe. Supprimez-le, ou nommez-le dans une question.',
  group_unknown: 'Il n’y a pas de groupe de ce nom.',
  name_twice: 'Ce nom est déjà pris par un autre.',
  points_for_being_known: 'Les points se donnent pour une réponse, non parce qu’il y en a une.',
  points_taken_unanswered: 'Une question qui enlève des points doit avoir une réponse, sinon personne n’y répondrait.',
  field_unknown: 'Ce champ n’existe pas.',
  is_known_alone: 'is_known ne prend pas de valeur.',
  flag_asked_wrongly: '{field} se demande avec is_true ou is_false, sans valeur.',
  number_asked_wrongly: '{field} se demande avec at_least, at_most ou equals et un nombre entier.',
  word_asked_wrongly: '{field} se demande avec one_of ou equals, parmi : {words}.',
  value_never_reached: 'La première valeur qui convient compte, et une autre avant celle-ci convient à tous ceux à qui celle-ci convient.',
  tiers_not_rising: 'Chaque palier commence à un score plus élevé que le précédent.',
  score_never_reached: 'Personne ne peut avoir plus de {most} points.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  scorecard_unknown: 'ليس في البرنامج بطاقة تقييم كهذه.',
  scorecard_same: 'اذكر بطاقة تقييم غير هذه.',
  not_enrolled: 'لا يُقيَّم إلا من هو مسجَّل.',
  assessment_under_way: 'يجري الآن تقييم بهذه البطاقة. انتظر نهايته أو ألغه.',
  assessment_over: 'انتهى هذا التقييم من قبل.',
  group_empty: 'لا سؤال في هذه المجموعة. احذفها، أو اذكرها في سؤال.',
  group_unknown: 'لا توجد مجموعة بهذا الاسم.',
  name_twice: 'هذا الاسم لغيره من قبل.',
  points_for_being_known: 'تُعطى النقاط على الجواب، لا على وجود جواب.',
  points_taken_unanswered: 'السؤال الذي يُنقص النقاط لا بد من جوابه، وإلا لما أجاب عنه أحد.',
  field_unknown: 'لا يوجد حقل كهذا.',
  is_known_alone: 'لا تأخذ is_known قيمة.',
  flag_asked_wrongly: 'يُسأل عن {field} بـ is_true أو is_false بلا قيمة.',
  number_asked_wrongly: 'يُسأل عن {field} بـ at_least أو at_most أو equals مع عدد صحيح.',
  word_asked_wrongly: 'يُسأل عن {field} بـ one_of أو equals من بين: {words}.',
  value_never_reached: 'تُحسب أول قيمة مطابقة، وقبل هذه قيمة تطابق كل من تطابقه هذه.',
  tiers_not_rising: 'تبدأ كل فئة عند نقاط أعلى من التي قبلها.',
  score_never_reached: 'لا يمكن لأحد أن ينال أكثر من {most} نقطة.',
};

/** What is said of scorecards and assessments. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
