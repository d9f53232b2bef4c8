/** The columns that answer the vulnerability questions, by the name of the answer, with their spellings. */
export const answerSpellings = {
  incomeChange: ['Revenu depuis mars', 'Revenu', 'Changement de revenu', 'Income', 'Income change', 'الدخل', 'تغير الدخل'],
  housing: ['Logement', 'Housing', 'Shelter', 'Accommodation', 'السكن'],
  incomeSource: ['Source de revenu', 'Income source', 'Source of income', 'Livelihood', 'مصدر الدخل'],
  returnStatus: ['Statut de retour', 'Retour', 'Return status', 'حالة العودة'],
  unpaidRentMonths: ['Mois de loyer impayés', 'Unpaid rent months', 'Months of unpaid rent', 'أشهر الإيجار غير المدفوعة'],
  mealsPerDay: ['Repas par jour', 'Meals per day', 'Meals a day', 'الوجبات في اليوم'],
  dependants: ['Personnes à charge', 'Dependants', 'Dependents', 'المعالون'],
  debtMonths: ['Mois de dette', 'Debt months', 'Months of debt', 'أشهر الدين'],
  monthsSinceReturn: ['Mois depuis le retour', 'Months since return', 'أشهر منذ العودة'],
  healthProblem: ['Problème de santé', 'Health problem', 'مشكلة صحية'],
  chronicIllness: ['Maladie chronique', 'Chronic illness', 'Chronic disease', 'مرض مزمن'],
  needsMedicine: ['Besoin de médicaments', 'Needs medicine', 'Needs medication', 'يحتاج إلى دواء'],
  disability: ['Handicap', 'Disability', 'Person with disability', 'إعاقة'],
  pregnant: ['Enceinte', 'Pregnant', 'حامل'],
  breastfeeding: ['Allaitante', 'Breastfeeding', 'Lactating', 'مرضعة'],
  unaccompaniedChild: ['Enfant non accompagné', 'Unaccompanied child', 'Unaccompanied minor', 'طفل غير مصحوب'],
  separatedChild: ['Enfant séparé', 'Separated child', 'طفل منفصل عن ذويه'],
  singleHeadOfHousehold: ['Chef de ménage seul', 'Parent isolé', 'Single head of household', 'Single parent', 'رب أسرة وحيد'],
  olderPersonAlone: ['Personne âgée seule', 'Older person alone', 'مسن وحيد'],
  stranded: ['Bloqué', 'Migrant bloqué', 'Stranded', 'عالق'],
  victimOfTrafficking: ['Victime de traite', 'Victim of trafficking', 'ضحية الاتجار بالبشر'],
  survivorOfViolence: ['Survivant de violence', 'Survivante de violence', 'Survivor of violence', 'ناج من العنف'],
  evictionNotice: ["Avis d'expulsion", 'Eviction notice', 'إشعار إخلاء'],
  childrenOutOfSchool: ['Enfants non scolarisés', 'Children out of school', 'أطفال خارج المدرسة'],
} as const satisfies Record<string, readonly string[]>;

export type AnswerColumn = keyof typeof answerSpellings;

/** The six questions of the Washington Group's short set. */
export const washingtonGroupSpellings = {
  seeing: ['Voir', 'Difficulté à voir', 'Seeing', 'Difficulty seeing', 'البصر', 'صعوبة في البصر'],
  hearing: ['Entendre', 'Difficulté à entendre', 'Hearing', 'Difficulty hearing', 'السمع', 'صعوبة في السمع'],
  walking: ['Marcher', 'Difficulté à marcher', 'Walking', 'Difficulty walking', 'المشي', 'صعوبة في المشي'],
  remembering: ['Se souvenir', 'Difficulté à se souvenir', 'Remembering', 'Difficulty remembering', 'التذكر', 'صعوبة في التذكر'],
  selfCare: ['Soins personnels', 'Prendre soin de soi', 'Self care', 'Difficulty with self care', 'العناية الذاتية'],
  communicating: ['Communiquer', 'Difficulté à communiquer', 'Communicating', 'Difficulty communicating', 'التواصل'],
} as const satisfies Record<string, readonly string[]>;

export type WashingtonGroupColumn = keyof typeof washingtonGroupSpellings;
