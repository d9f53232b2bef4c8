import type { Words } from './types.ts';

/** What the commands about what people are owed did. */
export const assistanceWords: Readonly<Record<string, Words>> = {
  'assistance.withdraw_past_end': {
    ar: 'سحب مستحقات بعد نهاية البرنامج',
    fr: 'Échéances après la fin du programme retirées',
    en: 'Instalments past the programme’s end withdrawn',
  },
  'assistance.settle_again': { ar: 'إعادة احتساب المستحقات', fr: 'Échéances recalculées', en: 'What is owed worked out again' },
  'assistance.give_ceilings': { ar: 'إدراج أشخاص بسقوف للدعم', fr: 'Plafonds de réintégration accordés', en: 'People given ceilings' },
  'assistance.confirm_condition': { ar: 'تأكيد شرط دفعة', fr: 'Condition de tranche confirmée', en: 'Condition of a tranche confirmed' },
  'assistance.sign_tranche': { ar: 'توقيع دفعة', fr: 'Tranche signée', en: 'Tranche signed' },
  'assistance.refuse_tranche': { ar: 'رفض دفعة', fr: 'Tranche refusée', en: 'Tranche refused' },
  'assistance.put_back_tranche': { ar: 'إعادة دفعة إلى شروطها', fr: 'Tranche remise en attente', en: 'Tranche put back' },
  'assistance.top_up_people': { ar: 'زيادة لأشخاص مسمَّين', fr: 'Compléments accordés à des personnes', en: 'Named people topped up' },
  'assistance.top_up_by_rule': { ar: 'زيادة وفق قاعدة', fr: 'Compléments accordés par règle', en: 'People topped up by rule' },
  'assistance.enter_emergency': { ar: 'إدراج أشخاص لمساعدة طارئة', fr: 'Aide d’urgence accordée', en: 'People entered for emergency cash' },
  'assistance.create_site': { ar: 'فتح موقع عمل', fr: 'Chantier ouvert', en: 'Work site opened' },
  'assistance.change_site': { ar: 'تعديل موقع عمل', fr: 'Chantier modifié', en: 'Work site changed' },
  'assistance.enter_attendance': { ar: 'إدخال كشف حضور', fr: 'Feuille de présence saisie', en: 'Attendance entered' },
  'assistance.sign_attendance': { ar: 'توقيع كشف حضور', fr: 'Feuille de présence signée', en: 'Attendance signed' },
  'assistance.reject_attendance': { ar: 'رفض كشف حضور', fr: 'Feuille de présence rejetée', en: 'Attendance rejected' },
};
