import { defineTexts } from '../platform/index.ts';

const english = {
  weekday_with_week: 'Say it where the file is written every week, and there alone.',
  month_day_with_month: 'Say it where the file is written every month, and there alone.',
  recipient_missing: 'People are in this file: give the key of age that it is encrypted to.',
  recipient_wrong: 'Give a public key of age, which begins with "age1".',
  owner_may_not_read: 'Whoever it is for needs a role that allows {permission} in this programme.',
  export_is: 'This export is {state}.',
  export_state_proposed: 'proposed',
  export_state_on: 'on',
  export_state_stopped: 'stopped',
  export_state_ended: 'ended',
  run_not_readable: 'You may not read what is in this file any more.',
  run_of_erased: 'Somebody of its programme was erased since, and a file that may hold them is not given out.',
  run_over: 'It was there for a week, or was revoked.',
  run_preparing: 'The file is being written. Ask again in a moment.',
  run_gone: 'This file has gone already.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  weekday_with_week: 'Dites-le là où le fichier s’écrit chaque semaine, et là seulement.',
  month_day_with_month: 'Dites-le là où le fichier s’écrit chaque mois, et là seulement.',
  recipient_missing: 'Ce fichier contient des personnes : donnez la clé age pour laquelle il est chiffré.',
  recipient_wrong: 'Donnez une clé publique age, qui commence par « age1 ».',
  owner_may_not_read: 'Celui à qui il est destiné doit avoir un rôle qui permet {permission} dans ce programme.',
  export_is: 'Cet export est {state}.',
  export_state_proposed: 'proposé',
  export_state_on: 'en service',
  export_state_stopped: 'arrêté',
  export_state_ended: 'terminé',
  run_not_readable: 'Vous n’avez plus le droit de lire ce que contient ce fichier.',
  run_of_erased: 'Quelqu’un de son programme a été effacé depuis, et un fichier qui le contient peut-être n’est pas remis.',
  run_over: 'Il est resté là une semaine, ou a été révoqué.',
  run_preparing: 'Le fichier est en cours d’écriture. Redemandez dans un instant.',
  run_gone: 'Ce fichier n’existe déjà plus.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  weekday_with_week: 'قله حيث يُكتب الملف كل أسبوع، وهناك فقط.',
  month_day_with_month: 'قله حيث يُكتب الملف كل شهر، وهناك فقط.',
  recipient_missing: 'في هذا الملف بيانات أشخاص: أعط مفتاح age الذي يُشفَّر له.',
  recipient_wrong: 'أعط مفتاح age عامًا يبدأ بـ "age1".',
  owner_may_not_read: 'من هو له يحتاج إلى دور يسمح بـ {permission} في هذا البرنامج.',
  export_is: 'هذا التصدير {state}.',
  export_state_proposed: 'مقترح',
  export_state_on: 'قيد العمل',
  export_state_stopped: 'متوقف',
  export_state_ended: 'منتهٍ',
  run_not_readable: 'لم يعد يجوز لك قراءة ما في هذا الملف.',
  run_of_erased: 'مُحي شخص من برنامجه منذ ذلك الحين، ولا يُسلَّم ملف قد يكون فيه.',
  run_over: 'كان متاحًا أسبوعًا واحدًا، أو أُلغي.',
  run_preparing: 'الملف قيد الكتابة. اطلبه من جديد بعد لحظة.',
  run_gone: 'زال هذا الملف من قبل.',
};

/** What is said of exports on a schedule and of their files. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
