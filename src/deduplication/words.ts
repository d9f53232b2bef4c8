import { defineTexts } from '../platform/index.ts';

const english = {
  pair_changed: 'The pair has changed since you read it. Read it again.',
  pair_settled: 'This pair is settled.',
  pair_record_merged: 'One of the two records was merged. Read the pairs of the record that went on.',
  survivor_missing: 'Name the record that goes on: one of the two.',
  survivor_of_two: 'A record goes on in place of another only when they are the same person.',
  pairs_of_patterns: 'Decide together only pairs that agree and differ in the same way: of one "pattern".',
  pairs_in_chain: 'Somebody is in two of these pairs. Merge them one pair after another.',
  merger_undone: 'This merger was undone already.',
  merger_erased: 'This person was erased, with all their records. They stay merged.',
  merger_paid:
    'Since they were merged, one of the two was put on a payment list or paid. A list that is not released yet can be cancelled first; otherwise the records stay merged.',
  survivor_merged: 'The record that went on has been merged itself since. Undo that merger first.',
  pairs_too_few: 'Decide more pairs first: at least {decided}, of which {each} as one person and {each} as two.',
  weights_in_use: 'These weights are in use already.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  pair_changed: 'La paire a changé depuis que vous l’avez lue. Lisez-la de nouveau.',
  pair_settled: 'Cette paire est réglée.',
  pair_record_merged: 'L’un des deux dossiers a été fusionné. Lisez les paires du dossier qui continue.',
  survivor_missing: 'Nommez le dossier qui continue : l’un des deux.',
  survivor_of_two: 'Un dossier n’en remplace un autre que si c’est la même personne.',
  pairs_of_patterns: 'Ne décidez ensemble que des paires qui concordent et diffèrent de la même façon : d’un même « pattern ».',
  pairs_in_chain: 'Quelqu’un est dans deux de ces paires. Fusionnez-les l’une après l’autre.',
  merger_undone: 'Cette fusion a déjà été annulée.',
  merger_erased: 'Cette personne a été effacée, avec tous ses dossiers. Ils restent fusionnés.',
  merger_paid:
    'Depuis la fusion, l’un des deux a été mis sur une liste de paiement ou payé. Une liste qui n’est pas encore libérée peut d’abord être annulée ; sinon les dossiers restent fusionnés.',
  survivor_merged: 'Le dossier qui continue a lui-même été fusionné depuis. Annulez d’abord cette fusion.',
  pairs_too_few:
    'Décidez d’abord de plus de paires : au moins {decided}, dont {each} comme une seule personne et {each} comme deux personnes.',
  weights_in_use: 'Ces poids sont déjà utilisés.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  pair_changed: 'تغيّر الزوج بعد أن قرأته. اقرأه من جديد.',
  pair_settled: 'حُسم أمر هذا الزوج.',
  pair_record_merged: 'دُمج أحد السجلين. اقرأ أزواج السجل الباقي.',
  survivor_missing: 'اذكر السجل الذي يبقى: أحد الاثنين.',
  survivor_of_two: 'لا يحلّ سجل محل آخر إلا إذا كانا للشخص نفسه.',
  pairs_of_patterns: 'لا تقرّر معًا إلا في أزواج تتطابق وتختلف بالطريقة نفسها، أي لها "pattern" واحد.',
  pairs_in_chain: 'يوجد شخص في زوجين من هذه الأزواج. ادمجها زوجًا بعد زوج.',
  merger_undone: 'تُراجع عن هذا الدمج من قبل.',
  merger_erased: 'مُحي هذا الشخص مع كل سجلاته، وتبقى مدمجة.',
  merger_paid: 'بعد الدمج وُضع أحدهما في قائمة دفع أو دُفع له. يمكن أولًا إلغاء قائمة لم يُفرج عنها بعد؛ وإلا بقي السجلان مدمجين.',
  survivor_merged: 'دُمج السجل الباقي نفسه بعد ذلك. تراجع عن ذلك الدمج أولًا.',
  pairs_too_few: 'قرّر أولًا في أزواج أكثر: {decided} على الأقل، منها {each} كشخص واحد و{each} كشخصين.',
  weights_in_use: 'هذه الأوزان مستعملة من قبل.',
};

/** What is said of pairs, mergers and weights. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
