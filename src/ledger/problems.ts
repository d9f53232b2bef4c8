import { defineProblems } from '../platform/index.ts';

export const ledgerProblem = defineProblems({
  not_reversible: [409, 'This entry is not taken back by hand', 'Cette écriture ne se reprend pas à la main', 'هذا القيد لا يُعكس يدويًا'],
  already_reversed: [409, 'This entry was taken back already', 'Cette écriture a déjà été reprise', 'عُكس هذا القيد من قبل'],
  overdrawn: [409, 'The account does not hold as much', 'Le compte ne contient pas autant', 'ليس في الحساب هذا القدر'],
  period_closed: [409, 'The period is closed', 'La période est close', 'الفترة مغلقة'],
  period_not_ready: [409, 'The period cannot be closed yet', 'La période ne peut pas encore être close', 'لا يمكن إغلاق الفترة بعد'],
});
