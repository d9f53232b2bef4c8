import { defineProblems, type Problem } from '../platform/index.ts';
import { say } from './words.ts';

export const offlineProblem = defineProblems({
  voucher_bound: [
    409,
    'The voucher is out with an office that has no network',
    'Le bon est dans un bureau sans réseau',
    'القسيمة عند مكتب بلا شبكة',
  ],
  pack_beyond_limits: [
    409,
    'More than may be out at an office without a network',
    'Plus que ce qui peut être dans un bureau sans réseau',
    'أكثر مما يجوز أن يكون عند مكتب بلا شبكة',
  ],
  pack_in_other_state: [
    409,
    'The pack is in a state in which this is not done',
    'Le lot est dans un état où cela ne se fait pas',
    'الحزمة في حالة لا يُفعل فيها هذا',
  ],
  pack_not_whole: [409, 'The device has not reported everything', 'L’appareil n’a pas tout signalé', 'لم يبلّغ الجهاز عن كل شيء'],
  device_without_keys: [
    409,
    'The device has no keys that a pack could be locked with',
    'L’appareil n’a pas de clés pour verrouiller un lot',
    'ليس للجهاز مفاتيح تُقفل بها حزمة',
  ],
  device_holds_pack: [409, 'The device holds a pack already', 'L’appareil contient déjà un lot', 'على الجهاز حزمة من قبل'],
  file_being_made: [
    429,
    'The file of this pack is being made already',
    'Le fichier de ce lot est déjà en préparation',
    'ملف هذه الحزمة قيد الإعداد',
  ],
  too_much_unsigned: [
    409,
    'Too much was sent that the device has not signed',
    'Trop de ce qui a été envoyé n’est pas signé par l’appareil',
    'أُرسل كثير مما لم يوقّعه الجهاز',
  ],
  conflict_not_payable: [409, 'The voucher cannot be paid any more', 'Le bon ne peut plus être payé', 'لم يعد ممكنًا دفع القسيمة'],
});

const refusals: Readonly<Record<string, () => Problem>> = {
  vouchers_bound: () => offlineProblem.voucher_bound(say('voucher_bound')),
};

/** What to answer where something was tried on a voucher that is bound to a pack, by the constraint. */
export const offlineRefusal = (constraint: string): Problem | undefined => refusals[constraint]?.();
